import { AsyncLocalStorage } from 'node:async_hooks'
import type { Db, Tx } from '@myanm/database'
import { CompiledQuery } from 'kysely'
import type pg from 'pg'
import type { Standing } from '#accounts'
import type { Tables } from '../tables.ts'
import { type Artefact, type Extension, type Statement, saving } from './artefacts.ts'

/**
 * What one request of the engine reads and writes.
 *
 * The engine asks for a code, then its grant, then the account: they are read together once and kept
 * here. What it saves is written together, once, before the answer leaves: all or nothing, and two
 * statements where there were ten (yardsticks P9). What must be decided by the database at once,
 * redeeming a code, never waits here.
 */
export interface UnitOfWork {
  /** Sent by the client, unverified: only used to read ahead. */
  readonly hint: { readonly client: string | undefined; readonly organisation: string | undefined }
  /** By `kind:id`; null when known not to exist. */
  readonly artefacts: Map<string, Artefact | null>
  /** By `account~organisation`. */
  readonly standings: Map<string, Standing>
  readonly saves: Map<string, Artefact>
  readonly removals: Map<string, Buffer>
  /** The session this request keeps alive. */
  extension: Extension | null
  /** Further writes of the same transaction. */
  readonly deeds: ((tx: Tx<Tables>) => Promise<void>)[]
}

const current = new AsyncLocalStorage<UnitOfWork>()

export const currentWork = (): UnitOfWork | undefined => current.getStore()

export const standingKey = (account: string, organisation: string | null): string =>
  `${account}~${organisation ?? ''}`

/** Runs a request of the engine, then writes what it saved. A failing write fails the request. */
export async function inOneWork(
  needs: { readonly db: Db<Tables>; readonly pool: pg.Pool },
  hint: UnitOfWork['hint'],
  run: () => Promise<void>,
): Promise<void> {
  const work: UnitOfWork = {
    hint,
    artefacts: new Map(),
    standings: new Map(),
    saves: new Map(),
    removals: new Map(),
    extension: null,
    deeds: [],
  }
  await current.run(work, run)
  const statement = saving([...work.saves.values()], [...work.removals.values()], work.extension)
  if (work.deeds.length === 0) {
    if (statement) await needs.pool.query(statement)
    return
  }
  await needs.db.transaction().execute(async (tx) => {
    if (statement) await execute(tx, statement)
    for (const deed of work.deeds) await deed(tx)
  })
}

async function execute(tx: Tx<Tables>, statement: Statement): Promise<void> {
  await tx.executeQuery(CompiledQuery.raw(statement.text, [...statement.values]))
}
