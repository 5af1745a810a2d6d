/** The door of `@myanm/ui`: templates, assets and the shapes of what templates read. */
export { type Asset, assets, assetUrl } from './assets.ts'
export type {
  Action,
  Banner,
  Csrf,
  Html,
  LayoutProps,
  Link,
  NavigationItem,
  Notice,
  NoticeKind,
  Post,
  ProblemProps,
  SignOutProps,
  Site,
  SiteKey,
  Way,
} from './page-props.ts'
export { templateRoots } from './roots.ts'
export type { Choice } from './templates/components/choice-list/examples.ts'
