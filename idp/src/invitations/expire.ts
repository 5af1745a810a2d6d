import { type Tx, transact } from '@myanm/database'
import { recordEach } from '#journal'
import type { Needs } from '../services.ts'
import type { Tables } from '../tables.ts'
import { type Expired, expireDue } from './store.ts'
import { tellInviter } from './tell-inviter.ts'

const AT_ONCE = 500

/** Puts away the invitations nobody answered within their fourteen days, and says so to who sent them (ML10). */
export async function expireInvitations({ db }: Needs<'db'>): Promise<void> {
  for (;;) {
    const expired = await transact(db, (tx) => expireSome(tx, null))
    if (expired.length < AT_ONCE) return
  }
}

/** The same for one organisation, in the caller's transaction. */
export async function expireNow(tx: Tx<Tables>, organisation: string): Promise<void> {
  await expireSome(tx, organisation)
}

async function expireSome(
  tx: Tx<Tables>,
  organisation: string | null,
): Promise<readonly Expired[]> {
  const expired = await expireDue(tx, { organisation, limit: AT_ONCE })
  await recordEach(
    tx,
    expired.map(({ id, organisation: of }) => ({
      event: 'invitation-expired',
      organisation: of,
      details: { invitation: id },
    })),
  )
  // Whoever invited two hundred people gets one letter about those who did not answer.
  const sent = Map.groupBy(expired, (one) => `${one.organisation} ${one.invitedBy ?? ''}`)
  for (const [first, ...more] of sent.values()) {
    if (!first) continue
    await tellInviter(tx, { ...first, what: 'expired', count: more.length + 1, person: null })
  }
  return expired
}
