import { AsyncLocalStorage } from 'node:async_hooks'
import { type Db, type Statements, type Tx, throughDeadlocks, transact } from '@myanm/database'
import { CompiledQuery } from 'kysely'
import type { Standing } from '#accounts'
import type { Tables } from '../tables.ts'
import {
  type Artefact,
  type Extension,
  fingerprint,
  isWritten,
  type Note,
  type Statement,
  writing,
} from './artefacts.ts'

/**
 * What one request of the engine reads and writes.
 *
 * The engine asks for a code, then its grant, then the account: they are read together once and kept
 * here. What it saves is written together, once, before the answer leaves: all or nothing, and two
 * statements where there were ten (yardsticks P9).
 */
export interface UnitOfWork {
  /** Sent by the client, unverified: only used to read ahead. */
  readonly hint: { readonly client: string | undefined; readonly organisation: string | undefined }
  /** By identifier: what is being read or was read; null when it does not exist. */
  readonly artefacts: Map<string, Artefact | null | Promise<Artefact | null>>
  /** Sessions by the name other artefacts know them by. */
  readonly sessions: Map<string, Artefact>
  /** By `account~organisation`. */
  readonly standings: Map<string, Standing>
  readonly saves: Map<string, Artefact>
  /** Identifiers. */
  readonly removals: Set<string>
  /** Names of the sessions among the removals. */
  readonly left: Set<string>
  /** What this request redeems: whether it was the first to, the write decides. */
  redemption: Redemption | null
  /** The session this request keeps alive. */
  extension: Extension | null
  /** For whom the grant acts that this request saves, where it is to be told. */
  note: Note | null
  /** What must still hold when it is written, held for the rest of the transaction; throws otherwise. */
  readonly guards: ((tx: Tx<Tables>) => Promise<void>)[]
  /** Further writes of the same transaction. */
  readonly deeds: ((tx: Tx<Tables>) => Promise<void>)[]
}

export interface Redemption {
  readonly kind: string
  readonly id: string
  /** The grant that ends, with all that came of it, when this is a replay. */
  readonly grantId: string | undefined
  readonly account: string | undefined
  readonly client: string | undefined
}

/** Somebody else was first: what the engine has prepared must not be sent. */
export class RedeemedAlready extends Error {
  override readonly name = 'RedeemedAlready'
  readonly redemption: Redemption

  constructor(redemption: Redemption) {
    super(`${redemption.kind} was redeemed already`)
    this.redemption = redemption
  }
}

const current = new AsyncLocalStorage<UnitOfWork>()

export const currentWork = (): UnitOfWork | undefined => current.getStore()

export const standingKey = (account: string, organisation: string | null): string =>
  `${account}~${organisation ?? ''}`

/**
 * Runs a request of the engine, then writes what it saved. A failing write fails the request.
 * @throws RedeemedAlready when a code or token it redeems was redeemed by another: nothing is written
 */
export async function inOneWork(
  needs: { readonly db: Db<Tables>; readonly statements: Statements },
  hint: UnitOfWork['hint'],
  run: () => Promise<void>,
): Promise<void> {
  const work: UnitOfWork = {
    hint,
    artefacts: new Map(),
    sessions: new Map(),
    standings: new Map(),
    saves: new Map(),
    removals: new Set(),
    left: new Set(),
    redemption: null,
    extension: null,
    note: null,
    guards: [],
    deeds: [],
  }
  await current.run(work, run)
  const statement = writing({
    saves: [...work.saves.values()],
    removals: [...work.removals].map(fingerprint),
    left: work.left,
    extension: work.extension,
    redemption: work.redemption && fingerprint(work.redemption.id),
    note: work.note,
  })
  const { redemption } = work
  const check = (answer: { readonly rowCount: number | null }) => {
    if (redemption && !isWritten(answer)) throw new RedeemedAlready(redemption)
  }
  if (work.guards.length + work.deeds.length === 0) {
    if (statement) check(await throughDeadlocks(() => needs.statements.query(statement)))
    return
  }
  await transact(needs.db, async (tx) => {
    // Before the write: who ends these things takes the same locks in the same order.
    for (const guard of work.guards) await guard(tx)
    if (statement) check(await execute(tx, statement))
    for (const deed of work.deeds) await deed(tx)
  })
}

async function execute(tx: Tx<Tables>, { text, values }: Statement) {
  const { rows } = await tx.executeQuery(CompiledQuery.raw(text, values))
  return { rowCount: rows.length }
}
