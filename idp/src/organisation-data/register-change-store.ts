import type { Db, Tx } from '@myanm/database'
import { sql } from 'kysely'
import type { RegisterSeat, Seat, Texts } from '#rules/register'
import type { Tables } from '../tables.ts'
import type { Seen, What } from './rules.ts'

/** An organisation, what the register says of it, and what it said when they were last compared. */
export interface Compared {
  readonly organisation: string
  readonly name: string
  readonly street: string | null
  readonly postcode: string | null
  readonly locality: string | null
  readonly names: Texts
  readonly seat: RegisterSeat | null
  readonly form: string | null
  readonly ownForm: string | null
  readonly ceasedOn: string | null
  /** Null when they never were. */
  readonly before: Seen | null
}

function comparison(db: Db<Tables> | Tx<Tables>) {
  return db
    .selectFrom('organisation')
    .innerJoin('register_enterprise as enterprise', 'enterprise.number', 'organisation.bce')
    .leftJoin('organisation_profile as profile', 'profile.organisation_id', 'organisation.id')
    .leftJoin('register_watch as watch', 'watch.organisation_id', 'organisation.id')
    .select([
      'organisation.id as organisation',
      'organisation.name',
      'profile.street',
      'profile.postcode',
      'profile.locality',
      'enterprise.names',
      'enterprise.seat',
      'enterprise.legal_form as form',
      'organisation.legal_form as ownForm',
      sql<string | null>`enterprise.ceased_on::text`.as('ceasedOn'),
      sql<Seen | null>`case when watch.organisation_id is not null then
        jsonb_build_object('name', watch.name, 'seat', watch.seat, 'form', watch.legal_form,
          'ceased', watch.ceased) end`.as('before'),
    ])
    .where('organisation.state', '<>', 'closed')
}

/** The next organisations the register knows, by key. */
export async function listCompared(
  db: Db<Tables>,
  page: { readonly after: string; readonly most: number },
): Promise<Compared[]> {
  const rows = await comparison(db)
    .where('organisation.id', '>', page.after)
    .orderBy('organisation.id')
    .limit(page.most)
    .execute()
  return rows as unknown as Compared[]
}

export async function findCompared(
  db: Db<Tables> | Tx<Tables>,
  organisation: string,
): Promise<Compared | undefined> {
  const row = await comparison(db).where('organisation.id', '=', organisation).executeTakeFirst()
  return row as unknown as Compared | undefined
}

/** What the register said, to tell the next time what changed. */
export async function remember(
  tx: Tx<Tables>,
  organisation: string,
  { name, seat, form, ceased }: Seen,
): Promise<void> {
  const seen = { name, seat, legal_form: form, ceased, seen_at: sql<Date>`now()` }
  await tx
    .insertInto('register_watch')
    .values({ organisation_id: organisation, ...seen })
    .onConflict((conflict) => conflict.column('organisation_id').doUpdateSet(seen))
    .execute()
}

/** What was proposed of this is no longer up to date, or no longer differs. */
export async function supersede(tx: Tx<Tables>, organisation: string, what: What): Promise<void> {
  await tx
    .updateTable('register_change')
    .set({ state: 'superseded', settled_at: sql<Date>`now()` })
    .where('organisation_id', '=', organisation)
    .where('what', '=', what)
    .where('state', '=', 'pending')
    .execute()
}

export interface RegisterChange {
  readonly id: string
  readonly what: What
  /** Of a legal form, its code. */
  readonly before: string | null
  readonly after: string | null
  readonly seat: Seat | null
  readonly found_at: Date
}

export async function propose(
  tx: Tx<Tables>,
  change: Omit<RegisterChange, 'id' | 'found_at'> & { readonly organisation: string },
): Promise<string> {
  const { organisation, what, before, after, seat } = change
  const { id } = await tx
    .insertInto('register_change')
    .values({
      organisation_id: organisation,
      ...{ what, before, after },
      seat: seat ? JSON.stringify(seat) : null,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

/** What the GESTIONNAIRE has to decide on. */
export async function listPendingChanges(
  db: Db<Tables>,
  organisation: string,
): Promise<RegisterChange[]> {
  const rows = await db
    .selectFrom('register_change')
    .select(['id', 'what', 'before', 'after', 'seat', 'found_at'])
    .where('organisation_id', '=', organisation)
    .where('state', '=', 'pending')
    .orderBy('id')
    .execute()
  return rows as unknown as RegisterChange[]
}

/** Settles a change, once. @returns undefined when it was settled already, or is another's */
export async function settleChange(
  tx: Tx<Tables>,
  settled: {
    readonly id: string
    readonly organisation: string
    readonly state: 'applied' | 'set-aside'
    readonly by: string
  },
): Promise<RegisterChange | undefined> {
  const row = await tx
    .updateTable('register_change')
    .set({ state: settled.state, settled_at: sql<Date>`now()`, settled_by: settled.by })
    .where('id', '=', settled.id)
    .where('organisation_id', '=', settled.organisation)
    .where('state', '=', 'pending')
    .returning(['id', 'what', 'before', 'after', 'seat', 'found_at'])
    .executeTakeFirst()
  return row as unknown as RegisterChange | undefined
}
