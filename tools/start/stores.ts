import { roleOf } from '@myanm/database/names'
import type { SceneClient } from './clients.ts'
import { known, type Setting } from './environment.ts'
import type { Folder } from './folder.ts'
import type { Secrets } from './secrets.ts'
import { siteKeys } from './services.ts'

/** The services that keep something in PostgreSQL. */
export const stores = ['idp', ...siteKeys] as const

/** What their tables and the scene in them are made from. */
export type Preparation = {
  readonly root: string
  readonly folder: Folder
  readonly secrets: Secrets
  readonly clients: readonly SceneClient[]
  readonly adminUrl: URL
}

/** Where each service finds its own tables. */
export function databasesOf({ adminUrl, secrets }: Preparation): Setting['databases'] {
  const address = (service: (typeof stores)[number]) => {
    const url = new URL(adminUrl)
    url.username = roleOf(service)
    url.password = known(secrets.databases, service)
    return [service, url] as const
  }
  return Object.fromEntries(stores.map(address)) as Setting['databases']
}
