import type { Log } from '@myanm/chassis'
import pg from 'pg'

/** Pause before a lost connection is tried again, in milliseconds. */
const PAUSE = 500

/** How often a connection that only listens is asked whether it still hears, in milliseconds. */
const PULSE = 5000

/** Longest anything is waited for: a line that fell silent is a line that broke. In milliseconds. */
const PATIENCE = 3000

/** Announcements this close together count as one change, when nothing else is said; in milliseconds. */
const GATHER = 50

export interface Listener {
  stop(): Promise<void>
}

/**
 * Hears PostgreSQL's announcements on a connection of its own, through restarts of the database: after
 * each reconnection the change is assumed to have happened.
 */
export async function listen(options: {
  readonly url: URL
  readonly channel: string
  readonly log: Log
  readonly onChange: () => Promise<void>
  /** How long announcements are gathered, in milliseconds. */
  readonly gather?: number
  /** Done first on each new connection: what is to end with it and not before, such as a lock. */
  readonly onConnect?: (connection: pg.Client) => Promise<void>
  /** The connection has ended, and what was tied to it. */
  readonly onLost?: () => void
}): Promise<Listener> {
  const { log, gather = GATHER } = options
  let client: pg.Client | undefined
  let stopped = false
  let pending: NodeJS.Timeout | undefined

  const announce = () => {
    pending ??= setTimeout(() => {
      pending = undefined
      options.onChange().catch((error) => {
        log.warn({ err: error }, 'change not taken in, trying again')
        if (!stopped) setTimeout(announce, PAUSE).unref()
      })
    }, gather)
  }

  const connect = async () => {
    const attempt = new pg.Client({
      connectionString: options.url.href,
      application_name: `listen ${options.channel}`,
      connectionTimeoutMillis: PATIENCE,
      query_timeout: PATIENCE,
      keepAlive: true,
    })
    attempt.on('error', (error) => log.warn({ err: error }, 'listening connection lost'))
    attempt.on('notification', announce)
    await attempt.connect()
    try {
      await attempt.query(`listen ${attempt.escapeIdentifier(options.channel)}`)
      await options.onConnect?.(attempt)
    } catch (error) {
      hangUp(attempt)
      throw error
    }
    if (stopped) return hangUp(attempt)
    // Only now: an attempt that fails ends too, and would be made again twice.
    const pulse = setInterval(() => {
      attempt.query('select').catch(() => hangUp(attempt))
    }, PULSE).unref()
    attempt.once('end', () => {
      clearInterval(pulse)
      client = undefined
      options.onLost?.()
      again()
    })
    client = attempt
  }

  const again = () => {
    if (!stopped) setTimeout(reconnect, PAUSE).unref()
  }

  const reconnect = () => {
    if (stopped) return
    connect().then(announce, (error) => {
      log.warn({ err: error }, 'database not back yet')
      again()
    })
  }

  await connect()
  return {
    stop: async () => {
      stopped = true
      clearTimeout(pending)
      await client?.end()
    },
  }
}

/** Nobody waits for the farewell of a line that may be dead. */
function hangUp(client: pg.Client): void {
  client.end().catch(() => {})
}
