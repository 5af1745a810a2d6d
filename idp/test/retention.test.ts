import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { query, type TestDatabase, withDatabase } from '@myanm/testing'
import { EVERY_COLUMN, HELD } from '../src/retention/map/index.ts'
import type { Entry } from '../src/retention/rules.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await withDatabase()
})

afterAll(() => database.drop())

/** `schema.table.column`, as the migrated database has them. */
async function realColumns(): Promise<string[]> {
  const rows = await query<{ name: string }>(
    database,
    `select table_schema || '.' || table_name || '.' || column_name as name
      from information_schema.columns
      join information_schema.tables using (table_schema, table_name)
      where table_type = 'BASE TABLE' and table_schema !~ '^(pg_|information_schema|public)'`,
  )
  return rows.map(({ name }) => name).sort()
}

const classified = Object.entries(EVERY_COLUMN)
  .flatMap(([schema, tables]) =>
    Object.entries(tables).flatMap(([table, columns]) =>
      Object.keys(columns).map((column) => `${schema}.${table}.${column}`),
    ),
  )
  .sort()

describe('the map of what is kept', () => {
  test('says of every column of every schema what it is, or that it is about nobody', async () => {
    const unclassified = (await realColumns()).filter((name) => !classified.includes(name))
    expect(unclassified).toEqual([])
  })

  test('names no column that is not there', async () => {
    const real = await realColumns()
    expect(classified.filter((name) => !real.includes(name))).toEqual([])
  })

  test('counts periods from columns of that table', async () => {
    for (const [table, { period, columns }] of Object.entries(
      HELD as Readonly<Record<string, Entry>>,
    )) {
      if (period.kind === 'after')
        expect([table, Object.keys(columns)]).toEqual([
          table,
          expect.arrayContaining([period.since]),
        ])
    }
  })
})
