import { type Db, type Tx, transact } from '@myanm/database'
import { enqueue } from '#jobs'
import { refuseBecauseClosed } from '#join-requests'
import { post } from '#mail'
import {
  closeOrganisation,
  findOrganisation,
  lockOrganisation,
  reopenOrganisation,
} from '#organisations'
import { nameInMail } from '#rules/mail'
import type { Tables } from '../tables.ts'
import { listTold } from './organisations-store.ts'
import { placeInTeam } from './rules.ts'

/** Members told in one transaction: a team of ten thousand holds nobody up. */
const AT_ONCE = 100

interface Decided {
  readonly organisation: string
  readonly staff: string
}

/**
 * Closes an organisation, and nobody is left to find out by themselves (P32): its team is told after the
 * commit, and who asked to join is refused with the true reason, since the database would refuse them
 * without a word.
 * @returns false when it is closed already
 */
export async function closeAndTell(
  tx: Tx<Tables>,
  { organisation, staff }: Decided,
): Promise<boolean> {
  const locked = await lockOrganisation(tx, organisation)
  if (!locked || locked.state === 'closed') return false
  await refuseBecauseClosed(tx, locked)
  await closeOrganisation(tx, { organisation, by: staff })
  await enqueue(tx, 'tell-team', { organisation, what: 'closed', after: null })
  return true
}

/** Opens it again, and tells its team, who may act from the commit on. @returns false when it was not closed */
export async function reopenAndTell(
  tx: Tx<Tables>,
  { organisation, staff }: Decided,
): Promise<boolean> {
  const state = await reopenOrganisation(tx, { organisation, by: staff })
  if (state === null) return false
  await enqueue(tx, 'tell-team', { organisation, what: 'reopened', after: null })
  return true
}

/**
 * Writes to some of a team, and has the rest written to by another job queued with these letters: cut
 * short anywhere, nobody is left out and nobody is told twice.
 */
export function tellTeam(
  { db }: { readonly db: Db<Tables> },
  job: {
    readonly organisation: string
    readonly what: 'closed' | 'reopened'
    /** The membership after which it goes on. */
    readonly after: string | null
  },
): Promise<void> {
  const { organisation: id, what, after } = job
  return transact(db, async (tx) => {
    const organisation = await findOrganisation(tx, { id })
    // Decided otherwise meanwhile: that has letters of its own.
    if (!organisation || (organisation.state === 'closed') !== (what === 'closed')) return
    const told = await listTold(tx, { organisation: id, after, most: AT_ONCE })
    const isVacant = organisation.state === 'vacant'
    for (const { account, role } of told) {
      const details = {
        organisation: nameInMail(organisation.name) ?? 'none',
        organisationId: id,
        place: placeInTeam(role, { isVacant }),
      }
      await post(tx, { code: `organisation-${what}`, account, details })
    }
    const last = told.at(-1)
    if (last && told.length === AT_ONCE) {
      await enqueue(tx, 'tell-team', { organisation: id, what, after: last.membership })
    }
  })
}
