/** The door of `@myanm/relying-party`: everything a Koa site needs to trust MyANM. */
export type { PageNeed } from './addresses.ts'
export type {
  Clock,
  Organisation,
  Person,
  RelyingParty,
  RelyingPartyOptions,
  Surroundings,
} from './api.ts'
export { matrixRights, type Right } from './my-space/rights.ts'
export { MY_SPACE_PATH, mySpace } from './my-space/routes.ts'
export { relyingParty } from './relying-party.ts'
export {
  type RunningSite,
  runSite,
  type SiteDefinition,
  type SiteServices,
  startSite,
} from './site.ts'
export { readSiteConfig, type SiteConfig, siteSettings } from './site-settings.ts'
export { type Colleagues, colleaguesOf, type Member, managerOf } from './team.ts'
