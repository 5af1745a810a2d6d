import { Kysely, PostgresDialect, type Transaction } from 'kysely'
import pg from 'pg'
import { pipelines, type Statements } from './pipelines.ts'

export type Db<Tables> = Kysely<Tables>
export type Tx<Tables> = Transaction<Tables>

export interface Connection<Tables> {
  readonly db: Kysely<Tables>
  readonly pool: pg.Pool
  /** For single statements whose cost counts. */
  readonly statements: Statements
  /** Resolves when the database answers. */
  ready(): Promise<unknown>
  close(): Promise<void>
}

export interface ConnectOptions {
  readonly url: URL
  /** Shown in pg_stat_activity. */
  readonly name: string
  /** Most connections at once. A request holds one at most, so that requests never wait on each other. */
  readonly max?: number
  /** Longest a statement may take, in milliseconds: more for a command nobody waits behind. */
  readonly patience?: number
  /** Told when an idle connection breaks: without a listener that would end the process. */
  readonly onLost?: (error: Error) => void
}

/** Enough for commits to be grouped by the database, few enough to be shared. */
const PIPELINES = 4

/** Longest a statement may take, in milliseconds. */
const PATIENCE = 5_000

/** bigint (count, sum) as a number: ours stay far below 2^53, and a text would compare wrongly. */
pg.types.setTypeParser(pg.types.builtins.INT8, Number)

/**
 * Opens a pool. Every wait has an end: 3 s for a connection, 5 s for a statement, so that a database
 * that hangs is a database that is away (yardsticks F9, F10).
 */
export function connect<Tables>(options: ConnectOptions): Connection<Tables> {
  const patience = options.patience ?? PATIENCE
  const pool = new pg.Pool({
    connectionString: options.url.href,
    application_name: options.name,
    max: options.max ?? 10,
    connectionTimeoutMillis: 3_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: patience,
    query_timeout: patience + 1_000,
    lock_timeout: 4_000,
    idle_in_transaction_session_timeout: 10_000,
    keepAlive: true,
  })
  const lost = (error: Error) => options.onLost?.(error)
  pool.on('error', lost)
  // One that breaks while somebody holds it tells its holder too; unheard, it would end the process.
  pool.on('connect', (client) => {
    client.on('error', lost)
    endWhenSilent(client)
  })
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  const { url, name } = options
  const statements = pipelines({ url, name, count: PIPELINES, onLost: lost })
  return {
    db,
    pool,
    statements,
    ready: () => pool.query('select 1'),
    close: async () => {
      await statements.close()
      await db.destroy()
      // Kysely leaves a pool alone that it never used.
      if (!pool.ended) await pool.end()
    },
  }
}

/**
 * A connection whose answer did not come is not used again: the line may be dead without anybody
 * having been told, and a pool hands out whatever was given back.
 */
function endWhenSilent(client: pg.PoolClient): void {
  const query = client.query.bind(client) as (...given: unknown[]) => unknown
  const watched = (...given: unknown[]): unknown => {
    const answer = query(...given)
    if (answer instanceof Promise) {
      answer.catch((error: Error) => {
        if (error.message === 'Query read timeout') (client as unknown as pg.Client).end(() => {})
      })
    }
    return answer
  }
  client.query = watched as typeof client.query
}
