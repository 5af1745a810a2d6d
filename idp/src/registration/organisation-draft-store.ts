import type { Db, Tx } from '@myanm/database'
import { type Selectable, sql } from 'kysely'
import type { Registered } from '#rules/organisation-data'
import type { Tables } from '../tables.ts'

/** An organisation somebody is registering. */
export type Draft = Omit<Selectable<Tables['organisation_draft']>, 'told'> & {
  /** Null until the form was filled in. */
  readonly told: Registered | null
}

/** Whose it is: of a registration that waits for its mailbox, or of an open account. */
export type DraftOwner = { readonly registration: string } | { readonly account: string }

const rowOf = (owner: DraftOwner) =>
  'account' in owner
    ? { account_id: owner.account, registration_id: null }
    : { account_id: null, registration_id: owner.registration }

const whose = (owner: DraftOwner) =>
  'account' in owner
    ? (['account_id', owner.account] as const)
    : (['registration_id', owner.registration] as const)

export async function findDraft(db: Db<Tables>, owner: DraftOwner): Promise<Draft | undefined> {
  const [column, id] = whose(owner)
  const row = await db
    .selectFrom('organisation_draft')
    .selectAll()
    .where(column, '=', id)
    .executeTakeFirst()
  return row as unknown as Draft | undefined
}

/** The same, for whoever is about to make an organisation of it: one at a time. */
export async function lockDraft(tx: Tx<Tables>, owner: DraftOwner): Promise<Draft | undefined> {
  const [column, id] = whose(owner)
  const row = await tx
    .selectFrom('organisation_draft')
    .selectAll()
    .where(column, '=', id)
    .forUpdate()
    .executeTakeFirst()
  return row as unknown as Draft | undefined
}

/** Somebody begins with a number. Of the same one, what was told of it before stays. */
export async function beginDraft(
  db: Db<Tables>,
  owner: DraftOwner,
  begun: {
    readonly bce: string
    /** The site somebody came from, and its page to end on. */
    readonly client: string | null
    readonly page: string | null
  },
): Promise<void> {
  const { bce, client, page } = begun
  const [column] = whose(owner)
  await db
    .insertInto('organisation_draft')
    .values({ ...rowOf(owner), bce, client_id: client, return_path: page })
    .onConflict((conflict) =>
      conflict.column(column).doUpdateSet((row) => ({
        bce,
        client_id: client,
        return_path: page,
        told: row
          .case()
          .when('organisation_draft.bce', '=', bce)
          .then(row.ref('organisation_draft.told'))
          .end(),
        sent_at: null,
      })),
    )
    .execute()
}

/** What was filled in; it is looked at once more before it is sent in. */
export async function tellDraft(
  db: Db<Tables>,
  owner: DraftOwner,
  told: Registered,
): Promise<void> {
  const [column, id] = whose(owner)
  await db
    .updateTable('organisation_draft')
    .set({ told: JSON.stringify(told), sent_at: null })
    .where(column, '=', id)
    .execute()
}

/** Sent in: it becomes an organisation with the proven mailbox. */
export async function sendDraft(db: Db<Tables>, owner: DraftOwner): Promise<void> {
  const [column, id] = whose(owner)
  await db
    .updateTable('organisation_draft')
    .set({ sent_at: sql<Date>`now()` })
    .where(column, '=', id)
    .where('told', 'is not', null)
    .execute()
}

/** The mailbox is proven, and it is not finished: from now on it is the account's. */
export async function moveDraft(
  tx: Tx<Tables>,
  moved: { readonly registration: string; readonly account: string },
): Promise<void> {
  await removeDraft(tx, { account: moved.account })
  await tx
    .updateTable('organisation_draft')
    .set({ registration_id: null, account_id: moved.account, sent_at: null })
    .where('registration_id', '=', moved.registration)
    .execute()
}

export async function removeDraft(db: Db<Tables>, owner: DraftOwner): Promise<void> {
  const [column, id] = whose(owner)
  await db.deleteFrom('organisation_draft').where(column, '=', id).execute()
}
