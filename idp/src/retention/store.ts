import type { Db, Tx } from '@myanm/database'
import { type RawBuilder, sql } from 'kysely'
import type { Tables } from '../tables.ts'
import { GRACE, type Length, type Link, UNCONFIRMED } from './rules.ts'

/** Rows per statement: short enough that nobody waits behind it. */
const BATCH = 5000

export const interval = ({ unit, count }: Length): RawBuilder<unknown> =>
  sql`${`${count} ${unit}s`}::interval`

/** Whether a row is somebody's; `account` is a parameter. */
export function isOf(link: Link, account: string): RawBuilder<boolean> {
  if ('either' in link) {
    return sql`(${sql.join(
      link.either.map((column) => sql`${sql.ref(column)} = ${account}::uuid`),
      sql` or `,
    )} or ${sql.ref(link.address)} in (
      select key from account_identifier where account_id = ${account}::uuid
    ))`
  }
  const column = sql.ref(link.column)
  if ('json' in link) return sql`${column} ->> ${link.json} = ${account}::text`
  if ('of' in link) {
    return sql`${column} in (
      select ${sql.ref(link.key)} from ${sql.table(link.of)} where account_id = ${account}::uuid
        and kind = 'Session'
    )`
  }
  const own = sql<boolean>`${column} = ${account}::uuid`
  return link.only ? sql`${own} and ${sql.ref(link.only.column)} = any (${[...link.only.in]})` : own
}

/** Deletes the rows of one table whose time is over, a batch at a time. @returns how many */
export async function deleteOld(
  db: Db<Tables>,
  rows: {
    readonly table: string
    readonly since: string
    readonly length: Length
    readonly when: { readonly column: string; readonly in: readonly string[] } | undefined
  },
): Promise<number> {
  const { table, when } = rows
  let total = 0
  for (;;) {
    const { numAffectedRows } = await sql`
      delete from ${sql.table(table)} where ctid in (
        select ctid from ${sql.table(table)}
          where ${sql.ref(rows.since)} < now() - ${interval(rows.length)}
            ${when ? sql`and ${sql.ref(when.column)} = any (${[...when.in]})` : sql``}
          limit ${BATCH}
      )`.execute(db)
    const deleted = Number(numAffectedRows ?? 0)
    total += deleted
    if (deleted < BATCH) return total
  }
}

/** The journal forgets by itself what is old enough: the service may not choose (X6). */
export async function forgetOldJournal(db: Db<Tables>): Promise<number> {
  let total = 0
  for (;;) {
    const { rows } = await sql<{ forgotten: number }>`
      select forget_old_journal(${BATCH}) as forgotten`.execute(db)
    const forgotten = rows[0]?.forgotten ?? 0
    total += forgotten
    if (forgotten < BATCH) return total
  }
}

/** Jobs that were given up, through the queue's own door. */
export async function forgetOldJobs(db: Db<Tables>, length: Length): Promise<number> {
  const { rows } = await sql<{ id: string }>`
    select id from idp_jobs.complete_jobs(array(
      select id from idp_jobs._private_jobs
        where attempts >= max_attempts and updated_at < now() - ${interval(length)}
        limit ${BATCH}
    ))`.execute(db)
  return rows.length
}

/** Work that names somebody, through the queue's own door; work that is being done ends by itself. */
export async function dropJobsOf(tx: Tx<Tables>, account: string): Promise<void> {
  await sql`select idp_jobs.complete_jobs(array(
    select id from idp_jobs._private_jobs where payload ->> 'account' = ${account}::text
      or payload ->> 'letter' in (select id::text from letter where account_id = ${account}::uuid)
  ))`.execute(tx)
}

/** One account whose days are over, held until the end of the transaction; none when all are done. */
export async function takeDue(tx: Tx<Tables>): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    select id from account
      where state = 'deletion_requested' and deletion_requested_at <= now() - ${interval(GRACE)}
      order by deletion_requested_at
      limit 1 for update skip locked`.execute(tx)
  return rows[0]?.id
}

/** One account that never confirmed its address, and has not tried again within that time. */
export async function takeUnconfirmed(tx: Tx<Tables>): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    select id from account
      where state = 'unconfirmed' and created_at < now() - ${interval(UNCONFIRMED)}
        and not exists (
          select from registration r where r.account_id = account.id
            and r.registered_at >= now() - ${interval(UNCONFIRMED)}
        )
        and not exists (select from membership m where m.account_id = account.id)
      order by created_at
      limit 1 for update skip locked`.execute(tx)
  return rows[0]?.id
}

export async function deleteRowsOf(
  tx: Tx<Tables>,
  { table, link, account }: { table: string; link: Link; account: string },
): Promise<void> {
  await sql`delete from ${sql.table(table)} where ${isOf(link, account)}`.execute(tx)
}

/**
 * Whoever is erased has decided nothing about anybody any more: what the schema forgets when an account
 * is deleted (`on delete set null`) is forgotten of one that stays as a number, in every table there is.
 * A membership keeps the number: who gave which role is part of its history, as in the journal.
 */
export async function forgetDecisionsOf(tx: Tx<Tables>, account: string): Promise<void> {
  await sql`update invitation set message = null
    where invited_by = ${account}::uuid and message is not null`.execute(tx)
  const { rows } = await sql<{ table: string; column: string }>`
    select r.relname as table, a.attname as column
      from pg_constraint c
      join pg_class r on r.oid = c.conrelid
      join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any (c.conkey)
      where c.contype = 'f' and c.confdeltype = 'n' and c.confrelid = 'idp.account'::regclass
        and r.relname <> 'membership'`.execute(tx)
  for (const { table, column } of rows) {
    await sql`update ${sql.id('idp', table)} set ${sql.ref(column)} = null
      where ${sql.ref(column)} = ${account}::uuid`.execute(tx)
  }
}

/** Letters to others that say who invited them, or who hands over to them, say it no more. */
export async function forgetNameInLetters(tx: Tx<Tables>, account: string): Promise<void> {
  await sql`update letter set details = (
      select jsonb_object_agg(
        key,
        case when position(person.name in value #>> '{}') > 0 then to_jsonb('—'::text) else value end
      ) from jsonb_each(details)
    )
    from (
      select btrim(concat_ws(' ', given_name, family_name)) as name from account
        where id = ${account}::uuid
    ) person
    where person.name <> '' and position(person.name in letter.details::text) > 0`.execute(tx)
}

/** What people wrote to the team under this address without having been signed in. */
export async function deleteMessagesFrom(tx: Tx<Tables>, account: string): Promise<void> {
  await sql`delete from contact_message where identifier_key(reply_to) in (
    select key from account_identifier where account_id = ${account}::uuid
  )`.execute(tx)
}

/**
 * Journeys begun in the last two hours that say who was on their way: no column of theirs names an
 * account, and they end by themselves soon.
 */
export async function deleteJourneysOf(tx: Tx<Tables>, account: string): Promise<void> {
  await sql`delete from oidc_artefact
    where kind = 'Interaction' and expires_at < now() + interval '1 hour 1 minute'
      and (
        ${account}::text in (
          payload -> 'session' ->> 'accountId',
          payload -> 'result' -> 'login' ->> 'accountId',
          payload -> 'result' -> 'halfway' ->> 'account'
        )
        or identifier_key(payload -> 'params' ->> 'login_hint') in (
          select key from account_identifier where account_id = ${account}::uuid
        )
      )`.execute(tx)
}

/** @returns the organisations it was a member of, with the role there was */
export async function endMemberships(
  tx: Tx<Tables>,
  account: string,
): Promise<{ readonly organisation: string; readonly role: string }[]> {
  const { rows } = await sql<{ organisation: string; role: string }>`
    update membership set state = 'left', until = now()
      where account_id = ${account}::uuid and state = 'active'
      returning organisation_id as organisation, role`.execute(tx)
  return rows
}

/** @param columns what is written in the place of what each held; null: nothing */
export async function emptyAccount(
  tx: Tx<Tables>,
  account: string,
  columns: Readonly<Record<string, string | number | boolean | null>>,
): Promise<void> {
  await sql`update account set deleted_at = now(), ${sql.join(
    Object.entries(columns).map(([name, value]) => sql`${sql.ref(name)} = ${value}`),
  )} where id = ${account}::uuid`.execute(tx)
}

export async function forgetConsentsOf(tx: Tx<Tables>, account: string): Promise<void> {
  await sql`select forget_consents_of(${account}::uuid)`.execute(tx)
}

export async function deleteAccount(tx: Tx<Tables>, account: string): Promise<void> {
  await sql`delete from account where id = ${account}::uuid`.execute(tx)
}

/** What a row points at, by its name. */
const NAMES = {
  client: { table: 'client', key: 'client_id', name: 'name' },
  organisation: { table: 'organisation', key: 'id', name: 'name' },
  newsletter: { table: 'newsletter', key: 'key', name: 'title' },
} as const

export interface Asked {
  readonly name: string
  /** With its schema, when that is not ours. */
  readonly table: string
  readonly link: Link
  readonly columns: readonly { readonly name: string; readonly names?: keyof typeof NAMES }[]
  readonly order: string | undefined
}

export interface Rows {
  readonly total: number
  /** The latest; a column that points at something has its name beside it, as `<column>_name`. */
  readonly rows: readonly Readonly<Record<string, unknown>>[]
}

/** Rows of several tables that are one person’s, in one statement: as they were at one moment. */
export async function readRowsOf(
  db: Db<Tables>,
  asked: {
    readonly account: string
    readonly tables: readonly Asked[]
    /** Of each table; null: all. */
    readonly most: number | null
  },
): Promise<Readonly<Record<string, Rows>>> {
  const parts = asked.tables.map(({ name, table, link, columns, order }) => {
    const mine = sql`from ${sql.table(table)} as held where ${isOf(link, asked.account)}`
    const shown = columns.flatMap((column) => {
      const own = sql`held.${sql.ref(column.name)}`
      if (!column.names) return [own]
      const at = NAMES[column.names]
      const named = sql`(select ${sql.ref(at.name)} from ${sql.table(at.table)}
        where ${sql.ref(at.key)} = held.${sql.ref(column.name)}) as ${sql.ref(`${column.name}_name`)}`
      return [own, named]
    })
    return sql`${sql.lit(name)}, json_build_object(
      'total', (select count(*) ${mine}),
      'rows', (select coalesce(json_agg(mine), '[]') from (
        select ${sql.join(shown)} ${mine}
          ${order ? sql`order by held.${sql.ref(order)} desc` : sql``} limit ${asked.most}
      ) mine)
    )`
  })
  const { rows } = await sql<{ held: Record<string, Rows> }>`
    select json_build_object(${sql.join(parts)}) as held`.execute(db)
  return rows[0]?.held ?? {}
}
