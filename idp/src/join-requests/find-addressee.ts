import type { Db } from '@myanm/database'
import { findOrganisation } from '#organisations'
import { lookUp } from '#register'
import { readBce } from '#rules/organisations'
import type { Tables } from '../tables.ts'
import type { Addressee } from './store.ts'

export type Found =
  | { readonly is: 'found'; readonly addressee: Addressee & { readonly bce: string } }
  /** E08 */
  | { readonly is: 'no-number' }
  /** E09 */
  | { readonly is: 'nobody' }

/**
 * Whom a number stands for. The register answers, which is public; whether the organisation has an
 * account here is looked up all the same and changes neither the answer nor its words, so that nobody
 * learns from this page who is here (ahead 3). Only what the register does not know is found here alone.
 */
export async function findAddressee(db: Db<Tables>, typed: string): Promise<Found> {
  const bce = readBce(typed)
  if (bce === null) return { is: 'no-number' }
  const [entry, here] = await Promise.all([lookUp(db, bce), findOrganisation(db, { bce })])
  const isOpen = here !== undefined && here.state !== 'closed'
  const name = (entry.is === 'found' ? entry.name : null) ?? (isOpen ? here.name : null)
  if (name === null) return { is: 'nobody' }
  return { is: 'found', addressee: { id: isOpen ? here.id : null, bce, name } }
}
