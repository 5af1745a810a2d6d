import { pino } from 'pino'

export type Log = pino.Logger

/** Longest a line waits before it is written, in milliseconds. */
const GATHERED_FOR = 250

/**
 * Structured lines on standard output. Personal data and secrets have no field here: callers log
 * identifiers, codes and durations. The redaction is the second lock, not the first.
 */
export function createLog(service: string, level: string): Log {
  // Gathered and written by the operating system's leave: a slow reader of the log slows nobody.
  const destination = pino.destination({ sync: false, minLength: 4096 })
  if (level !== 'silent') setInterval(() => destination.flush(), GATHERED_FOR).unref()
  const options = {
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: ['password', '*.password', 'token', '*.token', 'authorization', 'cookie', '*.cookie'],
      censor: '[secret]',
    },
    serializers: { err: describeError },
  }
  return pino(options, destination)
}

/** Stack and cause for those who operate; parameters of SQL statements stay out of the log. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error) && !Error.isError(error)) return String(error)
  const { name, message, stack, cause } = error as Error
  const code = (error as { code?: unknown }).code
  return {
    name,
    message,
    code,
    stack,
    cause: cause === undefined ? undefined : describeError(cause),
  }
}
