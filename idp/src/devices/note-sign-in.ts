import type { Tx } from '@myanm/database'
import type { NewSignIn } from '#oidc'
import type { Tables } from '../tables.ts'
import { browserOf, networkOf } from './rules.ts'
import { saveDevice } from './store.ts'

/** Remembers the browser somebody has just signed in with, to show it to them (ASVS 7.5.2). */
export async function noteSignIn(tx: Tx<Tables>, signIn: NewSignIn): Promise<void> {
  await saveDevice(tx, {
    session_uid: signIn.session,
    account_id: signIn.account,
    ...browserOf(signIn.userAgent),
    address_range: networkOf(signIn.address),
    amr: [...signIn.amr],
  })
}
