import type { Log } from '@myanm/chassis'
import { Logger, type Runner, run } from 'graphile-worker'
import type pg from 'pg'
import { patientPool } from './patient-pool.ts'
import { JOBS_SCHEMA, type Job } from './queue.ts'

/** Pause before a worker that gave up is started again, in milliseconds. */
const PAUSE = 1000

export type JobHandlers = {
  readonly [Name in keyof Job]: (payload: Job[Name]) => Promise<void>
}

export interface Worker {
  stop(): Promise<void>
}

/**
 * Does the queued work, beside the requests. A handler that throws is tried again later; what it does
 * must therefore be harmless when done twice. Should the queue itself give up, it is started anew.
 */
export async function startWorker(options: {
  readonly pool: pg.Pool
  readonly handlers: JobHandlers
  readonly log: Log
}): Promise<Worker> {
  const { handlers, log } = options
  const pgPool = patientPool(options.pool)
  const taskList = Object.fromEntries(
    Object.entries(handlers).map(([name, handle]) => [
      name,
      (payload: unknown) => (handle as (payload: unknown) => Promise<void>)(payload),
    ]),
  )
  let runner: Runner | undefined
  let stopping = false

  const begin = async () => {
    runner = await run({
      pgPool,
      schema: JOBS_SCHEMA,
      taskList,
      concurrency: 4,
      noHandleSignals: true,
      // LISTEN wakes the worker at once; polling is for jobs whose pause has ended.
      pollInterval: 1000,
      crontab: [
        '*/10 * * * * sweep-expired',
        '* * * * * watch-letters',
        '* * * * * seal-journal ?priority=-10',
        '* * * * * watch-transfers',
        '*/5 * * * * release-forgotten',
        '*/10 * * * * watch-requests',
        '*/10 * * * * erase-due',
        '15 * * * * expire-invitations',
        '* * * * * end-due-roles',
        '10 4 * * * watch-reviews',
        '*/10 * * * * count-latencies',
        // At night, in UTC.
        '20 2 * * * forget-old',
        // After every import too: once a month whatever happens (ahead 5).
        '50 4 1 * * compare-with-register',
        '40 3 * * * fly-canary',
      ].join('\n'),
      logger: new Logger(() => (level, message) => {
        if (level === 'error') log.error(message)
        else if (level === 'warning') log.warn(message)
        else log.trace(message)
      }),
    })
    runner.promise.then(beginAgain, beginAgain)
  }

  const beginAgain = (reason?: unknown) => {
    if (stopping) return
    runner = undefined
    log.warn({ err: reason }, 'job queue stopped, starting it again')
    setTimeout(() => {
      if (!stopping) begin().catch(beginAgain)
    }, PAUSE).unref()
  }

  await begin()
  return {
    stop: async () => {
      stopping = true
      await runner?.stop()
    },
  }
}
