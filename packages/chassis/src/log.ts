import { pino } from 'pino'

export type Log = pino.Logger

/**
 * Structured lines on standard output. Personal data and secrets have no field here: callers log
 * identifiers, codes and durations. The redaction is the second lock, not the first.
 */
export function createLog(service: string, level: string): Log {
  return pino({
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: ['password', '*.password', 'token', '*.token', 'authorization', 'cookie', '*.cookie'],
      censor: '[secret]',
    },
    serializers: { err: describeError },
  })
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
