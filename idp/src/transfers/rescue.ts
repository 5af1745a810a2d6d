import { formatDay } from '@myanm/chassis'
import { isCheckViolation, isUniqueViolation, type Tx, transact } from '@myanm/database'
import { findAccount, lockAccount } from '#accounts'
import { record } from '#journal'
import { findMembership, handOver, leaveVacant, lockOrganisation } from '#organisations'
import type { Needs } from '../services.ts'
import type { Tables } from '../tables.ts'
import { announce } from './announce.ts'
import { findRescue, saveObjection, saveRescue, settleRescue } from './rescue-store.ts'
import { answersFor, isOpenToObjections, OBJECTIONS_LAST, type TransferRefusal } from './rules.ts'

const DAY = 24 * 60 * 60_000

interface Given {
  readonly organisation: string
  readonly by: string
  readonly reason: string
  readonly now: Date
}

/**
 * A RESPONSABLE asks to lead an organisation that is vacant (ahead 4). The others are told, and may
 * object for five days; then two of the team decide. Nothing changes until they have.
 */
export async function askToTakeOver(
  { db }: Needs<'db'>,
  given: Given,
): Promise<TransferRefusal | null> {
  const { organisation, by, reason, now } = given
  const until = new Date(now.getTime() + OBJECTIONS_LAST * DAY)
  try {
    return await transact(db, async (tx) => {
      const locked = await lockOrganisation(tx, organisation)
      await lockAccount(tx, by)
      const member = await findMembership(tx, { organisation, account: by })
      if (locked?.state !== 'vacant' || !member || !answersFor(member.role)) return 'not-now'
      await saveRescue(tx, { organisation, membership: member.id, account: by, reason, until })
      await record(tx, { event: 'rescue-asked', organisation, account: by, by })
      const details = { what: 'asked', day: formatDay(until) }
      await announce(tx, { code: 'rescue', organisation, person: by, details, except: by })
      return null
    })
  } catch (error) {
    if (isUniqueViolation(error, 'rescue_one_open')) return 'open-already'
    if (isCheckViolation(error, 'rescue_by_responsable_of_vacant')) return 'not-now'
    throw error
  }
}

/**
 * Another RESPONSABLE does not agree. Why is for the team to read: colleagues hear that somebody objected,
 * not who.
 */
export function objectToRescue(
  { db }: Needs<'db'>,
  given: Given & { readonly rescue: string },
): Promise<TransferRefusal | null> {
  const { organisation, by, reason, now } = given
  return transact(db, async (tx) => {
    await lockOrganisation(tx, organisation)
    const [rescue, member] = [
      await findRescue(tx, organisation),
      await findMembership(tx, { organisation, account: by }),
    ]
    if (rescue?.id !== given.rescue || rescue.account === by) return 'not-now'
    if (!member || !answersFor(member.role) || !isOpenToObjections(rescue, now)) return 'not-now'
    if (!(await saveObjection(tx, { rescue: rescue.id, account: by, reason }))) return 'not-now'
    await record(tx, { event: 'rescue-objected', organisation, account: rescue.account, by })
    const details = { what: 'objected', day: formatDay(rescue.until) }
    await announce(tx, { code: 'rescue', organisation, details })
    return null
  })
}

/** Who asked no longer wants to. */
export function withdrawRescue(
  { db }: Needs<'db'>,
  given: Pick<Given, 'organisation' | 'by'> & { readonly rescue: string },
): Promise<TransferRefusal | null> {
  const { organisation, by } = given
  return transact(db, async (tx) => {
    await lockOrganisation(tx, organisation)
    const rescue = await findRescue(tx, organisation)
    if (rescue?.id !== given.rescue || rescue.account !== by) return 'not-now'
    if (!(await settleRescue(tx, rescue.id, { state: 'withdrawn', by: null }))) return 'not-now'
    await record(tx, {
      event: 'rescue-decided',
      organisation,
      account: by,
      by,
      details: { decision: 'withdrawn' },
    })
    const details = { what: 'withdrawn', day: formatDay(rescue.until) }
    await announce(tx, { code: 'rescue', organisation, details, except: by })
    return null
  })
}

/**
 * One of the team refuses: the organisation stays vacant, and another may ask. Who asked is told why, in
 * the team's own words; the others only that it was refused.
 */
export async function refuseRescue(
  tx: Tx<Tables>,
  given: {
    readonly organisation: string
    readonly rescue: string
    readonly staff: string
    readonly reason: string
  },
): Promise<{ readonly account: string } | null> {
  const { organisation, staff } = given
  await lockOrganisation(tx, organisation)
  const rescue = await findRescue(tx, organisation)
  if (rescue?.id !== given.rescue || rescue.account === staff) return null
  if (!(await settleRescue(tx, rescue.id, { state: 'refused', by: staff }))) return null
  const { account } = rescue
  await record(tx, {
    event: 'rescue-decided',
    organisation,
    account,
    by: staff,
    details: { decision: 'refused' },
  })
  const told = { code: 'rescue', organisation, person: account } as const
  const day = formatDay(rescue.until)
  await announce(tx, { ...told, details: { what: 'refused', day }, except: account })
  const details = { what: 'denied', day, reason: given.reason }
  await announce(tx, { ...told, details, only: account })
  return { account }
}

/**
 * Who leads is gone or cannot be reached: the team says that nobody leads (M64), and every RESPONSABLE
 * hears that they may ask to. Whoever led stays a RESPONSABLE: should they be there after all, they can
 * object.
 */
export async function declareVacant(
  tx: Tx<Tables>,
  { organisation, staff }: { readonly organisation: string; readonly staff: string },
): Promise<boolean> {
  const locked = await lockOrganisation(tx, organisation)
  if (locked?.state !== 'active') return false
  await leaveVacant(tx, { organisation, by: staff, because: 'declared-by-the-team' })
  const details = { what: 'vacant', day: '' }
  await announce(tx, { code: 'rescue', organisation, details })
  return true
}

/**
 * The team gives the role (M64): to who asked to take over, or to whom a document says. The same final
 * step as a transfer.
 * @param given.rescue the take-over this answers
 * @returns false when things have changed since it was proposed
 */
export async function giveRole(
  tx: Tx<Tables>,
  given: {
    readonly organisation: string
    readonly to: string
    readonly staff: string
    readonly rescue: string | null
    readonly now: Date
  },
): Promise<boolean> {
  const { organisation, to, staff } = given
  const locked = await lockOrganisation(tx, organisation)
  if (!locked || locked.state === 'closed') return false
  // Suspended or leaving in the same moment: either waits for the other.
  await lockAccount(tx, to)
  if ((await findAccount(tx, to))?.state !== 'active') return false
  if (given.rescue !== null) {
    const rescue = await findRescue(tx, organisation)
    if (rescue?.id !== given.rescue || isOpenToObjections(rescue, given.now)) return false
    if (!(await settleRescue(tx, rescue.id, { state: 'confirmed', by: staff }))) return false
  }
  const because = given.rescue === null ? 'on-proof' : 'rescue'
  if (!(await handOver(tx, { organisation, to, by: staff, because }))) return false
  const told = { organisation, account: to, by: staff }
  if (given.rescue !== null) {
    await record(tx, { ...told, event: 'rescue-decided', details: { decision: 'confirmed' } })
  }
  await record(tx, { ...told, event: 'manager-appointed', details: { because } })
  const details = { what: 'confirmed', day: '' }
  await announce(tx, { code: 'rescue', organisation, person: to, leads: to, details, also: [to] })
  return true
}
