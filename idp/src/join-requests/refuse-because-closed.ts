import type { Tx } from '@myanm/database'
import { record } from '#journal'
import { post } from '#mail'
import { nameInMail } from '#rules/mail'
import type { Tables } from '../tables.ts'
import { UNNAMED } from './rules.ts'
import { refuseAllOf } from './store.ts'

/**
 * An organisation is about to be closed: whoever waits for its answer is told that it has none to give,
 * instead of waiting, or of reading a refusal nobody made. By nobody: that is how it is told from one
 * somebody decided, and why it makes nobody wait before they ask again. A member who asked for a higher
 * role hears of the closing itself.
 */
export async function refuseBecauseClosed(
  tx: Tx<Tables>,
  organisation: { readonly id: string; readonly name: string },
): Promise<void> {
  for (const { id, account, kind } of await refuseAllOf(tx, organisation.id)) {
    await record(tx, { event: 'join-refused', account, organisation: organisation.id })
    if (kind === 'raise') continue
    const details = {
      what: 'closed',
      reason: UNNAMED,
      organisation: nameInMail(organisation.name) ?? UNNAMED,
      requestId: id,
    }
    await post(tx, { code: 'join-refused', account, details })
  }
}
