import { findByIdentifier } from '#accounts'
import { hasSecondFactor } from '#authenticators'
import { record } from '#journal'
import type { Needs } from '../services.ts'
import { lockPerson, saveCorrection } from './corrections-store.ts'
import { findMessage } from './messages-store.ts'
import { type CorrectionKind, refusalToAct, refusalToPropose, type StaffRefusal } from './rules.ts'
import { holdMember } from './store.ts'

export type Proposed =
  | { readonly proposed: true; readonly id: string }
  | { readonly proposed: false; readonly because: StaffRefusal }

/**
 * Proposes what somebody else of the team decides on (M64): another address for an old account whose
 * mailbox is dead, or taking away second factors that are lost. Nothing changes before that.
 */
export function propose(
  { db }: Needs<'db'>,
  given: {
    readonly kind: CorrectionKind
    readonly staff: string
    readonly account: string
    /** The new address; null for what has none. */
    readonly email: string | null
    readonly reason: string
    /** Reference of the message that asks for it. */
    readonly message: string | null
  },
): Promise<Proposed> {
  const { kind, staff, account, email } = given
  const refused = (because: StaffRefusal): Proposed => ({ proposed: false, because })
  return db.transaction().execute(async (tx) => {
    if (!(await holdMember(tx, staff))) return refused('not-staff')
    const person = await lockPerson(tx, account)
    if (!person) return refused('not-now')
    const state = { state: person.state, hasSecondFactor: await hasSecondFactor(tx, account) }
    const refusal = refusalToAct(staff, account) ?? refusalToPropose(kind, state)
    if (refusal) return refused(refusal)
    if (email !== null && (await findByIdentifier(tx, email))) return refused('address-taken')
    const message = given.message === null ? null : await findMessage(tx, given.message)
    const id = await saveCorrection(tx, {
      ...given,
      formerEmail: kind === 'address' ? person.email : null,
      message: message?.id ?? null,
    })
    if (id === null) return refused('not-now')
    await record(tx, { event: 'staff-correction-proposed', account, details: { by: staff, kind } })
    return { proposed: true, id }
  })
}
