import type { Tx } from '@myanm/database'
import { compareRoles, type Role } from '@myanm/permissions'
import { sql } from 'kysely'
import { record, recordEach } from '#journal'
import type { Tables } from '../tables.ts'
import { findMembership } from './membership-store.ts'

/** The moves of old accounts: whole files of them, and one into another (specification M24, M62). */

/** An organisation that is made from what an old application, or the register, says of it. */
export interface Founding {
  readonly bce: string
  readonly name: string
  readonly acronym: string | null
  readonly legalForm: string | null
  readonly nonprofit: boolean
  readonly isPublic: boolean
}

/** One of an old application, and whether the register has its number as active. */
type CarriedOver = Founding & { readonly register: 'found' | 'ceased' | 'unknown' }

/**
 * Makes organisations of the old applications. Those the register has as active are known to be what they
 * say: the team looks at the others only (D13 is about new registrations). Their people are admitted in the same
 * transaction: at its end each has its GESTIONNAIRE, or nothing of it was.
 * @returns by number, those that were made: one that is here already is nobody's to make again
 */
export async function foundOrganisations(
  tx: Tx<Tables>,
  foundings: readonly CarriedOver[],
): Promise<ReadonlyMap<string, string>> {
  if (foundings.length === 0) return new Map()
  const made = await tx
    .insertInto('organisation')
    .values(
      foundings.map(({ bce, name, acronym, legalForm, nonprofit, isPublic, register }) => ({
        ...{ kind: 'organisme', bce, name, acronym, nonprofit },
        ...{ legal_form: legalForm, is_public: isPublic, to_check: register !== 'found' },
      })),
    )
    .onConflict((conflict) => conflict.column('bce').doNothing())
    .returning(['id', 'bce'])
    .execute()
  await recordEach(
    tx,
    made.map(({ id }) => ({
      event: 'organisation-registered' as const,
      organisation: id,
      details: { because: 'legacy-import' },
    })),
  )
  return new Map(made.map(({ id, bce }) => [bce ?? '', id]))
}

/**
 * Many people become members at once, as `admit` makes one. Whoever is one already stays what they are.
 * Of an organisation that was here before, the caller holds the lock.
 */
export async function admitMany(
  tx: Tx<Tables>,
  given: {
    readonly places: readonly {
      readonly organisation: string
      readonly account: string
      readonly role: Role
    }[]
    readonly because: string
  },
): Promise<void> {
  if (given.places.length === 0) return
  const made = await tx
    .insertInto('membership')
    .values(
      given.places.map(({ organisation, account, role }) => ({
        ...{ organisation_id: organisation, account_id: account, role, until: null },
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(['account_id', 'organisation_id']).where('state', '=', 'active').doNothing(),
    )
    .returning(['organisation_id as organisation', 'account_id as account', 'role'])
    .execute()
  await recordEach(
    tx,
    made.map(({ organisation, account, role }) => ({
      event: 'membership-added' as const,
      ...{ organisation, account, details: { role, because: given.because } },
    })),
  )
}

/**
 * One person had two accounts: the places of one become the other's. Where both belong to an
 * organisation the higher role stays, so that it never has two GESTIONNAIRES, and never none. The
 * organisations are taken first, in order: what else moves there waits, or is seen.
 *
 * What they have there begins now, and the journal says both: it ended for the one, began for the other.
 * Nobody could act through an old account that had never come over, and to whoever asks what this person
 * could do on an earlier day the answer stays « nothing » (X6, ahead 13). What had ended before goes over
 * as it was: it is their past.
 */
export async function carryMemberships(
  tx: Tx<Tables>,
  { from, into }: { readonly from: string; readonly into: string },
): Promise<void> {
  const because = 'accounts-joined'
  const { rows: organisations } = await sql<{ id: string }>`
    select id from organisation where id in (
      select organisation_id from membership where account_id = ${from} and state = 'active'
    ) order by id for update`.execute(tx)
  for (const { id: organisation } of organisations) {
    const theirs = await findMembership(tx, { organisation, account: from })
    if (!theirs) continue
    const mine = await findMembership(tx, { organisation, account: into })
    // Gone first: an organisation may be without GESTIONNAIRE until the commit, and never has two.
    await tx.deleteFrom('membership').where('id', '=', theirs.id).execute()
    const { role, endsOn: ends_on } = theirs
    await record(tx, {
      event: 'membership-removed',
      ...{ organisation, account: from, details: { role, because } },
    })
    if (!mine) {
      await tx
        .insertInto('membership')
        .values({ organisation_id: organisation, account_id: into, role, ends_on, until: null })
        .execute()
      const details = { role, because }
      await record(tx, { event: 'membership-added', organisation, account: into, details })
    } else if (compareRoles(role, mine.role) > 0) {
      await tx
        .updateTable('membership')
        .set({ role, role_since: sql<Date>`now()`, ends_on })
        .where('id', '=', mine.id)
        .execute()
      const details = { from: mine.role, to: role, because }
      await record(tx, { event: 'role-changed', organisation, account: into, details })
    }
  }
  await tx
    .updateTable('membership')
    .set({ account_id: into })
    .where('account_id', '=', from)
    .execute()
}
