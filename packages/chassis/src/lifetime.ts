import { createInterface } from 'node:readline'
import { ConfigurationError } from './config.ts'
import type { Log } from './log.ts'

/** Longest an orderly end may take, in milliseconds: requests in progress have eight seconds of it. */
const FAREWELL = 12_000

/**
 * Runs a process until it is asked to stop: by SIGTERM, SIGINT, or the end of the standard input a
 * parent holds (so that a killed parent leaves nobody behind).
 *
 * @param begin starts everything and gives back how to stop it
 */
export async function runUntilStopped(options: {
  readonly begin: () => Promise<{ stop(): Promise<void> }>
  readonly stopWithParent: boolean
  readonly log: Log
}): Promise<void> {
  const { begin, log } = options
  const running = await begin()
  let stopping = false

  const stop = (reason: string) => {
    if (stopping) return
    stopping = true
    log.info({ reason }, 'stopping')
    // Whatever still holds on by then has had its chance.
    setTimeout(() => process.exit(1), FAREWELL).unref()
    running.stop().then(
      () => process.exit(0),
      (error) => {
        log.error({ err: error }, 'could not stop in order')
        process.exit(1)
      },
    )
  }
  process.once('SIGTERM', () => stop('SIGTERM'))
  process.once('SIGINT', () => stop('SIGINT'))
  if (options.stopWithParent) {
    createInterface({ input: process.stdin }).once('close', () => stop('parent is gone'))
  }
}

/** Ends a process that could not start: one clear line for a wrong environment, the story otherwise. */
export function failToStart(error: unknown): never {
  process.stderr.write(
    error instanceof ConfigurationError
      ? `${error.message}\n`
      : `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  )
  process.exit(1)
}
