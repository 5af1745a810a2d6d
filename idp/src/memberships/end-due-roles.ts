import { transact } from '@myanm/database'
import { record } from '#journal'
import { endMembership, lockOrganisation } from '#organisations'
import type { Needs } from '../services.ts'
import { tellEnd } from './letters.ts'
import { dayIn } from './rules.ts'
import { findMember, listDue } from './store.ts'

/** As many as are looked up at once. */
const ROUND = 200

/**
 * Ends the memberships whose last day is over (ahead 12), each in a transaction of its own, so that no
 * organisation is kept waiting for another, until none is left: at the end of a year there are thousands.
 */
export async function endDueRoles(needs: Needs<'db'>, now: Date): Promise<number> {
  let ended = 0
  for (;;) {
    const before = ended
    for (const due of await listDue(needs.db, ROUND)) if (await end(needs, due, now)) ended += 1
    if (ended - before < ROUND) return ended
  }
}

/** Looked at again after the lock: the GESTIONNAIRE may have given another day at the last minute. */
function end(
  { db }: Needs<'db'>,
  { organisation, membership }: Awaited<ReturnType<typeof listDue>>[number],
  now: Date,
): Promise<boolean> {
  return transact(db, async (tx) => {
    await lockOrganisation(tx, organisation)
    const member = await findMember(tx, { organisation, membership })
    if (member?.state !== 'active' || !member.ends_on || member.ends_on >= dayIn(now)) {
      return false
    }
    const { account, role } = member
    await record(tx, { event: 'role-ended', organisation, account, details: { role } })
    await endMembership(tx, {
      ...{ organisation, account, by: null },
      how: 'removed',
      because: 'last-day',
    })
    await tellEnd(tx, { organisation, account })
    return true
  })
}
