import type { SiteServices } from '@myanm/relying-party'
import type { Tables } from './tables.ts'

/** What the rooms of this site are built from. */
export type Services = SiteServices<Tables>
