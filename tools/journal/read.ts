import type pg from 'pg'
import type { Line, Seal } from './chain.ts'

const MICROSECONDS = (column: string) => `(extract(epoch from ${column}) * 1000000)::bigint::text`

const LINE = `j.id::text, ${MICROSECONDS('j.at')} as at, j.event, j.account_id::text as account,
  j.organisation_id::text as organisation, j.client_id as client, j.actor_id::text as actor,
  j.details::text as details`

/** Seals after one, in their order. */
export async function readSeals(
  client: pg.Client,
  asked: { readonly after: string; readonly most: number },
): Promise<Seal[]> {
  const { rows } = await client.query<Seal>(
    `select number::text, encode(previous, 'hex') as previous, encode(hash, 'hex') as hash,
        ${MICROSECONDS('sealed_at')} as "sealedAt", ${MICROSECONDS('until')} as until, count,
        lines::text, links, key_id as key, signature, forgotten_at is not null as "isForgotten"
      from idp.journal_seal s where s.number > $1 order by s.number limit $2`,
    [asked.after, asked.most],
  )
  return rows
}

/** The lines that are there of those seals, by their number. */
export async function readLines(
  client: pg.Client,
  seals: readonly Seal[],
): Promise<ReadonlyMap<string, Line>> {
  const { rows } = await client.query<Line>(
    `select ${LINE} from idp.journal_seal s cross join unnest(s.lines) part
        join idp.journal j on j.id >= lower(part) and j.id < upper(part)
      where s.number between $1 and $2 and s.forgotten_at is null`,
    [seals[0]?.number ?? '0', seals.at(-1)?.number ?? '-1'],
  )
  return new Map(rows.map((line) => [line.id, line]))
}

/** After which seal to begin, for what was sealed at that moment to be among what is read. */
export async function sealBefore(client: pg.Client, moment: Date): Promise<string> {
  const { rows } = await client.query<{ number: string }>(
    `select coalesce(
        (select max(number) - 1 from idp.journal_seal where sealed_at < $1),
        (select min(number) - 1 from idp.journal_seal), -1
      )::text as number`,
    [moment],
  )
  return rows[0]?.number ?? '-1'
}

/** Lines no seal knows and that do not wait for one; lines that waited and are gone; how many wait. */
export async function readOutside(
  client: pg.Client,
  from: string,
): Promise<{
  readonly added: string[]
  readonly gone: string[]
  readonly waiting: { readonly line: string; readonly at: string }[]
}> {
  const { rows: added } = await client.query<{ id: string }>(
    `select j.id::text from idp.journal j
      where j.id >= $1
        and not exists (select from idp.journal_unsealed u where u.line = j.id)
        and not j.id <@ (
          select coalesce(range_agg(part), '{}') from idp.journal_seal s, unnest(s.lines) part
        )
      order by j.id limit 1000`,
    [from],
  )
  const { rows: queued } = await client.query<{ line: string; at: string | null }>(
    `select u.line::text, ${MICROSECONDS('j.at')} as at
      from idp.journal_unsealed u left join idp.journal j on j.id = u.line`,
  )
  return {
    added: added.map(({ id }) => id),
    gone: queued.filter(({ at }) => at === null).map(({ line }) => line),
    waiting: queued.flatMap(({ line, at }) => (at === null ? [] : [{ line, at }])),
  }
}

/**
 * Memberships whose role is not what the journal last said of that person there: given, changed or ended
 * past MyANM. One that is older than what the journal remembers, and of which it says nothing, is not.
 */
export async function readUntold(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `select m.id::text
      from idp.membership m
      left join lateral (
        select event, coalesce(details ->> 'to', details ->> 'role') as role from idp.journal
          where organisation_id = m.organisation_id and account_id = m.account_id
            and event <> 'context-chosen'
            and event in ('membership-added', 'role-changed', 'membership-removed', 'membership-left')
          order by at desc, id desc limit 1
      ) said on true
      where m.state = 'active' and case
        when said.event is null then m.role_since > (
          select greatest(min(sealed_at), now() - interval '12 months') from idp.journal_seal
        )
        else said.event not in ('membership-added', 'role-changed') or said.role <> m.role::text
      end
      order by m.id limit 1000`,
  )
  return rows.map(({ id }) => id)
}
