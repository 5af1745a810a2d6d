import pg from 'pg'

/** A statement with a name: parsed once per connection, then only executed. */
export interface NamedStatement {
  readonly name: string
  readonly text: string
  readonly values: unknown[]
}

/** Whoever runs single statements: a pool, or pipelines. */
export interface Statements {
  query<Row extends pg.QueryResultRow>(statement: NamedStatement): Promise<pg.QueryResult<Row>>
}

interface Pipeline {
  client: Promise<pg.Client> | undefined
  /** Statements sent and not answered yet. */
  waiting: number
}

/**
 * Everything sent here goes by key. A plan is kept as long as its connection: made while a table was
 * small it would read that table whole, and go on so when it has grown a thousandfold.
 */
const BY_KEY = '-c enable_seqscan=off -c jit=off'

/**
 * A few connections on which statements are sent one behind the other, without waiting for the answer
 * before: half the cost of a pool for statements that stand alone. Transactions stay on the pool.
 *
 * The connection with the fewest statements waiting takes the next one, so that a slow commit holds
 * nobody up while another connection is free. A connection that breaks fails what was on it and is
 * opened again by whoever comes next.
 */
export function pipelines(options: {
  readonly url: URL
  readonly name: string
  readonly count: number
  readonly onLost: (error: Error) => void
}): Statements & { close(): Promise<void> } {
  const all: Pipeline[] = Array.from({ length: options.count }, () => ({
    client: undefined,
    waiting: 0,
  }))

  const open = async (): Promise<pg.Client> => {
    const client = new pg.Client({
      connectionString: options.url.href,
      application_name: options.name,
      connectionTimeoutMillis: 3_000,
      statement_timeout: 5_000,
      query_timeout: 6_000,
      lock_timeout: 4_000,
      keepAlive: true,
      options: BY_KEY,
      pipeline: true,
    } as pg.ClientConfig)
    client.on('error', options.onLost)
    await client.connect()
    return client
  }

  /** Its end is heard once: what was opened after it is another's business. */
  const clientOf = (pipeline: Pipeline): Promise<pg.Client> => {
    if (pipeline.client) return pipeline.client
    const opening = open()
    const forget = () => {
      if (pipeline.client === opening) pipeline.client = undefined
    }
    opening.then((client) => client.once('error', forget).once('end', forget), forget)
    pipeline.client = opening
    return opening
  }

  return {
    async query<Row extends pg.QueryResultRow>(statement: NamedStatement) {
      const pipeline = all.reduce((least, next) => (next.waiting < least.waiting ? next : least))
      pipeline.waiting += 1
      try {
        const client = await clientOf(pipeline)
        return await client.query<Row>(statement)
      } finally {
        pipeline.waiting -= 1
      }
    },
    async close() {
      await Promise.all(all.map(async ({ client }) => (await client)?.end()))
    },
  }
}
