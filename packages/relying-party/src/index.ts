/** The door of `@myanm/relying-party`: everything a Koa site needs to trust MyANM. */
export type {
  Clock,
  Organisation,
  Person,
  RelyingParty,
  RelyingPartyOptions,
  Surroundings,
} from './api.ts'
export { relyingParty } from './relying-party.ts'
export {
  type RunningSite,
  runSite,
  type SiteDefinition,
  type SiteServices,
  startSite,
} from './site.ts'
export { readSiteConfig, type SiteConfig, siteSettings } from './site-settings.ts'
