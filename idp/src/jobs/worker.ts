import type { Log } from '@myanm/chassis'
import { Logger, run } from 'graphile-worker'
import type pg from 'pg'
import { JOBS_SCHEMA, type Job } from './queue.ts'

export type JobHandlers = {
  readonly [Name in keyof Job]: (payload: Job[Name]) => Promise<void>
}

export interface Worker {
  stop(): Promise<void>
}

/**
 * Does the queued work, beside the requests. A handler that throws is tried again later; what it does
 * must therefore be harmless when done twice.
 */
export async function startWorker(options: {
  readonly pool: pg.Pool
  readonly handlers: JobHandlers
  readonly log: Log
}): Promise<Worker> {
  const { handlers, log } = options
  const taskList = Object.fromEntries(
    Object.entries(handlers).map(([name, handle]) => [
      name,
      (payload: unknown) => (handle as (payload: unknown) => Promise<void>)(payload),
    ]),
  )
  const runner = await run({
    pgPool: options.pool,
    schema: JOBS_SCHEMA,
    taskList,
    concurrency: 4,
    noHandleSignals: true,
    // LISTEN wakes the worker at once; polling is for jobs whose pause has ended.
    pollInterval: 1000,
    crontab: '*/10 * * * * sweep-expired',
    logger: new Logger(() => (level, message) => {
      if (level === 'error') log.error(message)
      else if (level === 'warning') log.warn(message)
      else log.trace(message)
    }),
  })
  return { stop: () => runner.stop() }
}
