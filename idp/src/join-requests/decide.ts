import { type Db, isUniqueViolation, type Tx, transact } from '@myanm/database'
import { compareRoles, decide, type Role } from '@myanm/permissions'
import { type Account, changeAccountType, findAccount, standingOf } from '#accounts'
import { record } from '#journal'
import { post } from '#mail'
import { admit, changeRole, findMembership, lockOrganisation } from '#organisations'
import { nameInMail } from '#rules/mail'
import { actorOf, showDay } from '#rules/memberships'
import type { Tables } from '../tables.ts'
import { type Grantable, UNNAMED } from './rules.ts'
import { lockRequest, settleRequest } from './store.ts'

export type Decided =
  | { readonly is: 'approved' | 'refused'; readonly kind: 'join' | 'raise' }
  /** Answered, withdrawn, or lost its meaning first. */
  | { readonly is: 'settled' }
  /** The account of whoever asked is not open any more. */
  | { readonly is: 'gone' }
  /** Whoever decides lost the right meanwhile. */
  | { readonly is: 'not-allowed' }

interface Decision {
  readonly organisation: string
  readonly request: string
  /** Who decides: their rights are read again under the lock (F25). */
  readonly by: string
}

/**
 * The GESTIONNAIRE lets somebody in, or gives a member the role (P26). Settled first, then moved: what
 * is still open closes by itself, and of two ways in that succeed at once the second finds it closed.
 */
export async function approveRequest(
  { db }: { readonly db: Db<Tables> },
  decision: Decision & { readonly role: Grantable },
): Promise<Decided> {
  const { organisation, request, by, role } = decision
  try {
    return await transact(db, async (tx): Promise<Decided> => {
      const held = await hold(tx, decision, role)
      if (held.refusal) return { is: held.refusal }
      const { account, kind, name } = held
      const person = await findAccount(tx, account)
      if (person?.state !== 'active') return { is: 'gone' }
      await settleRequest(tx, request, { state: 'approved', by, role })
      await record(tx, { event: 'join-approved', account, organisation, by, details: { role } })
      const move = { organisation, account, by, role, because: 'request' } as const
      // A last day that was agreed stays: a higher role is not a longer one.
      const before = kind === 'raise' ? await changeRole(tx, move) : undefined
      if (kind === 'join') await letIn(tx, person, move)
      const details = {
        ...{ kind, role, ...name, before: before ?? 'none' },
        until: held.lastDay === null ? 'none' : showDay(held.lastDay),
      }
      await tell(tx, { code: 'join-approved', account, request, details })
      return { is: 'approved', kind }
    })
  } catch (error) {
    if (isUniqueViolation(error, 'membership_one_active')) return { is: 'settled' }
    throw error
  }
}

/** A particulier who is linked to an organisation is one no longer (5.1). */
async function letIn(
  tx: Tx<Tables>,
  person: Account,
  move: Parameters<typeof admit>[1],
): Promise<void> {
  await admit(tx, move)
  if (person.account_type === 'particulier') {
    await changeAccountType(tx, person.id, { from: 'particulier', to: 'organisme' })
  }
}

/** Says no, with or without a reason; the person may ask again after a while. */
export function refuseRequest(
  { db }: { readonly db: Db<Tables> },
  decision: Decision & { readonly reason: string | null },
): Promise<Decided> {
  const { organisation, request, by, reason } = decision
  return transact(db, async (tx): Promise<Decided> => {
    const held = await hold(tx, decision, null)
    if (held.refusal) return { is: held.refusal }
    const { account, kind, name } = held
    await settleRequest(tx, request, { state: 'refused', by, reason })
    await record(tx, { event: 'join-refused', account, organisation, by })
    await tell(tx, {
      code: 'join-refused',
      account,
      request,
      details: { what: 'refused', reason: reasonInMail(reason), ...name },
    })
    return { is: 'refused', kind }
  })
}

/** Organisation, then request: everybody takes these locks in this order. */
async function hold(
  tx: Tx<Tables>,
  { organisation, request, by }: Decision,
  role: Grantable | null,
) {
  const place = await lockOrganisation(tx, organisation)
  const standing = place && (await standingOf(tx, by, organisation))
  if (!standing) return { refusal: 'not-allowed' } as const
  const may = decide(actorOf(standing), 'join.decide', { organisationId: organisation, role })
  if (!may.allowed) return { refusal: 'not-allowed' } as const
  const held = await lockRequest(tx, request)
  if (held?.organisation !== organisation || held.state !== 'pending') {
    return { refusal: 'settled' } as const
  }
  const { account, kind } = held
  const membership = await findMembership(tx, { organisation, account })
  if (kind === 'raise' && !(membership && isRaise(membership.role, role))) {
    return { refusal: 'settled' } as const
  }
  return {
    refusal: null,
    account,
    kind,
    lastDay: membership?.endsOn ?? null,
    name: { organisation: nameInMail(place.name) ?? UNNAMED, organisationId: organisation },
  }
}

/** What is refused names no role; what is given is more than there is: nobody is lowered by a yes (4.3.5). */
const isRaise = (before: Role, given: Grantable | null): boolean =>
  given === null || compareRoles(given, before) > 0

async function tell(
  tx: Tx<Tables>,
  letter: {
    readonly code: 'join-approved' | 'join-refused'
    readonly account: string
    readonly request: string
    readonly details: Readonly<Record<string, string>>
  },
): Promise<void> {
  const { code, account, request, details } = letter
  await post(tx, { code, account, details: { ...details, requestId: request } })
}

/**
 * A reason travels in a letter of ours only as what it should be, a few words: with an address in it, it
 * is read on our page, where it is nobody's link (F32).
 */
function reasonInMail(reason: string | null): string {
  return reason === null ? UNNAMED : (nameInMail(reason) ?? UNNAMED)
}
