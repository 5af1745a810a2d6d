export { keepNotice, takeNotice } from './notices.ts'
export {
  goToSignIn,
  requirePerson,
  requireRecentPerson,
  requireStrongPerson,
} from './require-person.ts'
export { returnRoutes } from './return-routes.ts'
export type { AccountPage } from './rules.ts'
export { accountPage, bannerOf } from './surroundings.ts'
export { type Visit, type VisitNeeds, whoIsHere } from './who-is-here.ts'
