import { record } from '#journal'
import type { FactorNeeds } from './needs.ts'
import { checkPasskey, type Place } from './passkeys.ts'
import { amrOf } from './rules.ts'

export type PasskeyOutcome =
  | { readonly proven: true; readonly account: string; readonly amr: readonly string[] }
  | { readonly proven: false; readonly because: 'refused' }
  | { readonly proven: false; readonly because: 'locked'; readonly minutes: number }

/**
 * Signs in with a passkey alone: something one has, unlocked by what one knows or is, so two proofs at
 * once. The passkey says who it is. Works while the password is locked or closed: nobody guesses it.
 */
export async function signInWithPasskey(
  needs: FactorNeeds,
  attempt: {
    readonly answer: string
    readonly place: Place
    readonly address: string
    readonly client: string
    readonly now: Date
  },
): Promise<PasskeyOutcome> {
  const { db, attempts } = needs
  const { address, client } = attempt
  const verdict = await attempts.beginUnnamed(address)
  if (!verdict.allowed) return { proven: false, because: 'locked', minutes: verdict.minutes }
  const passkey = await checkPasskey(needs, { ...attempt, account: null })
  const used = passkey && (await db.transaction().execute((tx) => passkey.use(tx)))
  if (!passkey || !used) {
    await record(db, { event: 'passkey-refused', account: passkey?.account, client })
    return { proven: false, because: 'refused' }
  }
  await attempts.forgiveUnnamed(address)
  return { proven: true, account: passkey.account, amr: amrOf('passkey', passkey) }
}
