import { randomBytes } from 'node:crypto'
import { provision, schemaOf } from '@myanm/database'
import { startLocalPostgres } from '@myanm/local-postgres'
import { storingServices } from '@myanm/testing'
import { tableTypes } from './table-types.ts'

/** Services whose table types are generated, and where. */
export const typedServices: Readonly<Record<string, string>> = {
  idp: 'idp/src/tables.ts',
}

/** The table types of each, from a database made for the purpose in `directory`. */
export async function typesOf(directory: string): Promise<ReadonlyMap<string, string>> {
  await using server = await startLocalPostgres({ directory, durable: false })
  const adminUrl = new URL(server.url)
  const types = new Map<string, string>()
  for (const service of storingServices) {
    if (!(service.name in typedServices)) continue
    await provision({ adminUrl, service, password: randomBytes(24).toString('base64url') })
    types.set(service.name, await tableTypes(adminUrl, schemaOf(service.name)))
  }
  return types
}
