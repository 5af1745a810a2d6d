import { transact } from '@myanm/database'
import { findByIdentifier } from '#accounts'
import { record } from '#journal'
import { findManager, lockOrganisation } from '#organisations'
import { findRescue } from '#transfers'
import type { Needs } from '../services.ts'
import { saveMeasure } from './measures-store.ts'
import type { Proposed } from './propose.ts'
import { type MeasureKind, measuresOn, type StaffRefusal } from './rules.ts'
import { holdMember } from './store.ts'

/**
 * Proposes what somebody else of the team decides on: who leads an organisation, and whether it is open
 * (M64, P32). Nothing changes before that.
 */
export function proposeMeasure(
  { db }: Needs<'db'>,
  given: {
    readonly kind: MeasureKind
    readonly staff: string
    readonly organisation: string
    /** Address or login of who will lead it, where a document says so. */
    readonly person: string | null
    readonly proof: string | null
    readonly reason: string
    readonly now: Date
  },
): Promise<Proposed> {
  const { kind, staff, organisation, now } = given
  const refused = (because: StaffRefusal): Proposed => ({ proposed: false, because })
  return transact(db, async (tx): Promise<Proposed> => {
    if (!(await holdMember(tx, staff))) return refused('not-staff')
    const locked = await lockOrganisation(tx, organisation)
    const rescue = await findRescue(tx, organisation)
    const isDue = rescue !== undefined && rescue.until <= now
    if (!locked || !measuresOn({ state: locked.state, hasDueRescue: isDue }).includes(kind)) {
      return refused('not-now')
    }
    const found =
      kind === 'appoint' && given.person !== null ? await findByIdentifier(tx, given.person) : null
    if (kind === 'appoint' && found?.state !== 'active') return refused('nobody')
    const account = (kind === 'rescue' ? rescue?.account : found?.id) ?? null
    if (account === staff) return refused('own-account')
    if (account !== null && (await findManager(tx, organisation))?.account === account) {
      return refused('leads-already')
    }
    const id = await saveMeasure(tx, {
      kind,
      organisation,
      account,
      rescue: kind === 'rescue' ? (rescue?.id ?? null) : null,
      proof: kind === 'appoint' ? given.proof : null,
      reason: given.reason,
      staff,
    })
    if (id === null) return refused('not-now')
    await record(tx, {
      event: 'staff-measure-proposed',
      organisation,
      account: account ?? undefined,
      by: staff,
      details: { kind },
    })
    return { proposed: true, id }
  })
}
