import type { Db, Tx } from '@myanm/database'
import type { Role } from '@myanm/permissions'
import { sql } from 'kysely'
import { record } from '#journal'
import type { Tables } from '../tables.ts'

/**
 * The only ways a membership changes (specification 6.2, 6.3). Each takes the organisation's row first,
 * so that of two changes at once the second sees what the first has made (8.3); the database then closes
 * what lost its meaning, counts the change of rights and tells every site. Whoever calls decides
 * beforehand whether it may be, after having taken the lock.
 */

export interface LockedOrganisation {
  readonly id: string
  readonly name: string
  readonly kind: 'organisme' | 'academie'
  readonly state: 'active' | 'vacant' | 'closed'
}

/** Changes of one organisation wait for each other here. */
export async function lockOrganisation(
  tx: Tx<Tables>,
  organisation: string,
): Promise<LockedOrganisation | undefined> {
  const row = await tx
    .selectFrom('organisation')
    .select(['id', 'name', 'kind', 'state'])
    .where('id', '=', organisation)
    .forUpdate()
    .executeTakeFirst()
  return row as LockedOrganisation | undefined
}

/** A membership as it is now. */
export interface Membership {
  readonly id: string
  readonly organisation: string
  readonly account: string
  readonly role: Role
  readonly since: Date
  readonly roleSince: Date
  readonly endsOn: string | null
}

const COLUMNS = [
  'membership.id',
  'membership.organisation_id as organisation',
  'membership.account_id as account',
  'membership.role',
  'membership.since',
  'membership.role_since as roleSince',
  // As a day, not as the moment it begins somewhere.
  sql<string | null>`membership.ends_on::text`.as('endsOn'),
] as const

/** The active membership of a person; undefined for whoever is not, or no longer, of the team. */
export async function findMembership(
  db: Db<Tables>,
  of: { readonly organisation: string; readonly account: string },
): Promise<Membership | undefined> {
  const row = await db
    .selectFrom('membership')
    .select(COLUMNS)
    .where('organisation_id', '=', of.organisation)
    .where('account_id', '=', of.account)
    .where('state', '=', 'active')
    .executeTakeFirst()
  return row as Membership | undefined
}

/** Who leads; undefined while the organisation is vacant. */
export async function findManager(
  db: Db<Tables>,
  organisation: string,
): Promise<Membership | undefined> {
  const row = await db
    .selectFrom('membership')
    .select(COLUMNS)
    .where('organisation_id', '=', organisation)
    .where('role', '=', 'GESTIONNAIRE')
    .where('state', '=', 'active')
    .executeTakeFirst()
  return row as Membership | undefined
}

interface Decided {
  readonly organisation: string
  readonly account: string
  /** Who decided it; the person themselves, or nobody for what came with time. */
  readonly by: string | null
}

/**
 * A person becomes a member. What brought them in (invitation, request) is settled before: what is
 * still open is closed by this.
 * @returns the membership
 * @throws a unique violation on `membership_one_active` for who is one already (E19), on
 *   `membership_one_manager` for a second GESTIONNAIRE
 */
export async function admit(
  tx: Tx<Tables>,
  given: Decided & { readonly role: Role; readonly because: string },
): Promise<string> {
  const { organisation, account, by, role, because } = given
  const { id } = await tx
    .insertInto('membership')
    .values({ organisation_id: organisation, account_id: account, role, role_by: by, until: null })
    .returning('id')
    .executeTakeFirstOrThrow()
  await record(tx, {
    event: 'membership-added',
    organisation,
    account,
    by: by ?? undefined,
    details: { role, because },
  })
  return id
}

/**
 * Another role for a member. Never to or from GESTIONNAIRE: that is `handOver`.
 * @param given.endsOn its last day (`2026-12-31`), null for good; kept as it is when nothing is said
 * @returns the role before; undefined when the person is no member, or leads
 */
export async function changeRole(
  tx: Tx<Tables>,
  given: Decided & {
    readonly role: Exclude<Role, 'GESTIONNAIRE'>
    readonly endsOn?: string | null
    readonly because?: string
  },
): Promise<Role | undefined> {
  const { organisation, account, by, role } = given
  const before = await findMembership(tx, given)
  if (!before || before.role === 'GESTIONNAIRE') return undefined
  await tx
    .updateTable('membership')
    .set({
      role,
      role_since: sql<Date>`case when role = ${role} then role_since else now() end`,
      role_by: by,
      ...(given.endsOn !== undefined && { ends_on: given.endsOn }),
    })
    .where('id', '=', before.id)
    .execute()
  if (before.role === role) return before.role
  await record(tx, {
    event: 'role-changed',
    organisation,
    account,
    by: by ?? undefined,
    details: { from: before.role, to: role, because: given.because ?? 'decided' },
  })
  return before.role
}

/**
 * A membership ends: the person left, or was removed. Rights end with the commit.
 * @returns the role there was; undefined when the person is no member
 * @throws `exactly_one_manager` at the commit when an active organisation is left without its
 *   GESTIONNAIRE (E16)
 */
export async function endMembership(
  tx: Tx<Tables>,
  given: Decided & { readonly how: 'removed' | 'left'; readonly because?: string },
): Promise<Role | undefined> {
  const { organisation, account, by, how } = given
  const before = await findMembership(tx, given)
  if (!before) return undefined
  await tx
    .updateTable('membership')
    .set({ state: how, until: sql<Date>`now()` })
    .where('id', '=', before.id)
    .execute()
  await record(tx, {
    event: how === 'left' ? 'membership-left' : 'membership-removed',
    organisation,
    account,
    by: by ?? undefined,
    details: { role: before.role, because: given.because ?? 'decided' },
  })
  return before.role
}

/**
 * Somebody leads from now on, or leads no longer and stays a RESPONSABLE. Half of a move: whoever calls
 * sees to it that the organisation has one GESTIONNAIRE, or is vacant, at the commit.
 */
export async function leadOrNot(
  tx: Tx<Tables>,
  membership: Membership,
  given: {
    readonly role: 'GESTIONNAIRE' | 'RESPONSABLE'
    readonly by: string | null
    readonly because: string
  },
): Promise<void> {
  const { role, by, because } = given
  await tx
    .updateTable('membership')
    .set({ role, role_since: sql<Date>`now()`, role_by: by, ends_on: null })
    .where('id', '=', membership.id)
    .execute()
  await record(tx, {
    event: 'role-changed',
    organisation: membership.organisation,
    account: membership.account,
    by: by ?? undefined,
    details: { from: membership.role, to: role, because },
  })
  if (membership.endsOn === null) return
  // Who leads leads for good (8.2): the last day that was agreed is no more.
  await record(tx, {
    event: 'role-given-until',
    organisation: membership.organisation,
    account: membership.account,
    by: by ?? undefined,
    details: { role, until: 'none', because },
  })
}

/**
 * One leads instead of the other, in one transaction: the one who led becomes RESPONSABLE (6.3). Of a
 * vacant organisation nobody leads yet: it is active again afterwards.
 * @returns false when the new one is not an active member
 */
export async function handOver(
  tx: Tx<Tables>,
  given: {
    readonly organisation: string
    /** Account of the person who will lead. */
    readonly to: string
    readonly by: string | null
    readonly because: string
  },
): Promise<boolean> {
  const { organisation, to, by, because } = given
  const [before, next] = [
    await findManager(tx, organisation),
    await findMembership(tx, { organisation, account: to }),
  ]
  if (!next) return false
  if (before?.id === next.id) return true
  // A unique index cannot wait for the commit: demote, then promote.
  for (const [membership, role] of [
    [before, 'RESPONSABLE'],
    [next, 'GESTIONNAIRE'],
  ] as const) {
    if (!membership) continue
    await leadOrNot(tx, membership, { role, by, because })
  }
  await tx
    .updateTable('organisation')
    .set({ state: 'active' })
    .where('id', '=', organisation)
    .where('state', '=', 'vacant')
    .execute()
  return true
}

/**
 * An organisation whose GESTIONNAIRE is gone (dead, unreachable, erased): the link ends as what it was,
 * and nobody leads until somebody takes over.
 */
export async function leaveVacant(
  tx: Tx<Tables>,
  given: { readonly organisation: string; readonly by: string | null; readonly because: string },
): Promise<void> {
  const { organisation, by, because } = given
  const manager = await findManager(tx, organisation)
  await tx
    .updateTable('organisation')
    .set({ state: 'vacant' })
    .where('id', '=', organisation)
    .where('state', '=', 'active')
    .execute()
  if (manager) await leadOrNot(tx, manager, { role: 'RESPONSABLE', by, because })
  await record(tx, {
    event: 'organisation-vacant',
    organisation,
    by: by ?? undefined,
    details: { because },
  })
}
