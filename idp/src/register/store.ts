import type { Db, Tx } from '@myanm/database'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'
import type { Extract, RegisterSeat, Texts } from './rules.ts'

/** An enterprise as the register has it. */
export interface Enterprise {
  readonly number: string
  readonly type: 'natural' | 'legal'
  readonly legal_form: string | null
  /** What its legal form is called, by language. */
  readonly form_labels: Texts
  readonly since: string | null
  readonly names: Texts
  readonly acronyms: Texts
  readonly seat: RegisterSeat | null
  /** `2026-11-15` */
  readonly ceased_on: string | null
}

/** Those of these numbers the copy has. */
export async function listEnterprises(
  db: Db<Tables>,
  numbers: readonly string[],
): Promise<Enterprise[]> {
  const rows = await db
    .selectFrom('register_enterprise as enterprise')
    .select([
      'enterprise.number',
      'enterprise.type',
      'enterprise.legal_form',
      sql<string | null>`enterprise.since::text`.as('since'),
      'enterprise.names',
      'enterprise.acronyms',
      'enterprise.seat',
      sql<string | null>`enterprise.ceased_on::text`.as('ceased_on'),
      sql<Texts>`coalesce((select jsonb_object_agg(language, label) from register_code
        where category = 'JuridicalForm' and code = enterprise.legal_form), '{}')`.as(
        'form_labels',
      ),
    ])
    .where('enterprise.number', '=', sql<string>`any(${numbers}::char(10)[])`)
    .execute()
  return rows as unknown as Enterprise[]
}

/** The number of the extract that is here; null before the first. */
export async function findLatestExtract(db: Db<Tables>): Promise<number | null> {
  const row = await db
    .selectFrom('register_extract')
    .select('number')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.number ?? null
}

export async function countActive(db: Db<Tables>): Promise<number> {
  const { active } = await db
    .selectFrom('register_enterprise')
    .select((row) => row.fn.countAll<number>().as('active'))
    .where('ceased_on', 'is', null)
    .executeTakeFirstOrThrow()
  return active
}

export async function saveCodes(
  tx: Tx<Tables>,
  codes: readonly {
    readonly category: string
    readonly code: string
    readonly language: string
    readonly label: string
  }[],
): Promise<void> {
  if (codes.length === 0) return
  await tx
    .insertInto('register_code')
    .values([...codes])
    .onConflict((conflict) =>
      conflict
        .columns(['category', 'code', 'language'])
        .doUpdateSet((row) => ({ label: row.ref('excluded.label') })),
    )
    .execute()
}

export async function noteExtract(
  tx: Tx<Tables>,
  extract: Extract & { readonly enterprises: number; readonly rejected: number },
): Promise<void> {
  const { number, kind, snapshotOn, enterprises, rejected } = extract
  await tx
    .insertInto('register_extract')
    .values({
      number,
      kind,
      snapshot_on: snapshotOn,
      enterprises,
      rejected,
    })
    .execute()
}

/** What legal forms are called, by their codes; in French where the register has no other word. */
export async function labelsOfForms(
  db: Db<Tables>,
  codes: readonly (string | null)[],
  language: string,
): Promise<ReadonlyMap<string, string>> {
  const rows = await db
    .selectFrom('register_code')
    .select(['code', 'label'])
    .where('category', '=', 'JuridicalForm')
    .where('code', '=', sql<string>`any(${codes.filter((code) => code !== null)}::text[])`)
    .where('language', 'in', [language, 'fr'])
    .orderBy(sql`language = ${language}`)
    .execute()
  return new Map(rows.map(({ code, label }) => [code, label]))
}
