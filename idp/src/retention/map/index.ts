import { type Column, type Entry, noneOf } from '../rules.ts'
import { jobs, jobsOfTheHouse } from './jobs.ts'
import { oldAccounts } from './old-accounts.ts'
import { persons, personsOfTheHouse } from './persons.ts'
import { rights, rightsOfTheHouse } from './rights.ts'
import { signals, signalsOfTheHouse } from './signals.ts'
import { signingIn, signingInOfTheHouse } from './signing-in.ts'
import { sites } from './sites.ts'
import { team } from './team.ts'
import { writing, writingOfTheHouse } from './writing.ts'

/** What MyANM itself holds of people, table by table. */
export const HELD = {
  ...persons,
  ...signingIn,
  ...rights,
  ...signals,
  ...writing,
  ...team,
  ...oldAccounts,
} as const satisfies Record<string, Entry>

export type HeldTable = keyof typeof HELD

/** What its queue of work holds. */
export const QUEUED: Readonly<Record<string, Entry>> = jobs

/** What each site holds, by its schema. */
export const ON_SITES: Readonly<Record<string, Readonly<Record<string, Entry>>>> = sites

const migrations = {
  schema_migration: noneOf('machine', 'name', 'timestamp'),
  schema_migration_lock: noneOf('machine', 'id', 'is_locked'),
}

type Columns = Readonly<Record<string, Column>>

const columnsOf = (entries: Readonly<Record<string, Entry>>): Record<string, Columns> =>
  Object.fromEntries(Object.entries(entries).map(([table, { columns }]) => [table, columns]))

/** Every column of every table, by schema: what the real database is held against. */
export const EVERY_COLUMN: Readonly<Record<string, Readonly<Record<string, Columns>>>> = {
  idp: {
    ...columnsOf(HELD),
    ...personsOfTheHouse,
    ...signingInOfTheHouse,
    ...rightsOfTheHouse,
    ...signalsOfTheHouse,
    ...writingOfTheHouse,
    ...migrations,
  },
  idp_jobs: { ...columnsOf(jobs), ...jobsOfTheHouse },
  ...Object.fromEntries(
    Object.entries(sites).map(([schema, tables]) => [
      schema,
      { ...columnsOf(tables), ...migrations },
    ]),
  ),
}
