import { z } from 'zod'

/** A value that never shows itself in a log, an error or a template: `reveal()` says where it is used. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  reveal(): string {
    return this.#value
  }

  toString(): string {
    return '[secret]'
  }

  toJSON(): string {
    return '[secret]'
  }
}

/** A secret of at least 32 characters: short ones are refused, so that no default can creep in. */
export const secret = () =>
  z
    .string()
    .min(32, 'at least 32 characters')
    .transform((value) => new Secret(value))

export const url = () =>
  z.url({ protocol: /^(https?|postgres(ql)?|smtps?)$/ }).transform((value) => new URL(value))

/**
 * An origin we publish: no path, query, fragment or user, so that links are built from it safely; over
 * TLS, unless it is this very machine.
 */
export const origin = () =>
  url()
    .refine((value) => value.href === `${value.origin}/`, 'an origin, without path')
    .refine(
      (value) => value.protocol === 'https:' || isLoopback(value),
      'https, unless on this very machine',
    )

export const port = () => z.coerce.number().int().min(0).max(65_535)

export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
}

/**
 * Reads the environment once, against one schema per process.
 *
 * Reports every faulty variable at once, never its value.
 * @throws ConfigurationError with one line per faulty variable
 */
export function readConfig<Schema extends z.ZodType>(
  schema: Schema,
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<z.output<Schema>> {
  const result = schema.safeParse(environment)
  if (result.success) return Object.freeze(result.data as object) as Readonly<z.output<Schema>>
  const lines = result.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`)
  throw new ConfigurationError(`The environment is not right:\n${lines.join('\n')}`)
}

/** What every process of ours needs to stand on its own. Spread it into the process's schema. */
export const processSettings = {
  /** Port to listen on; 0 lets the system choose (tests). */
  PORT: port(),
  /** Address to listen on. */
  HOST: z.string().default('127.0.0.1'),
  /** The address people see: links, cookies and the Host check are built from it alone. */
  PUBLIC_URL: origin(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  /** How many proxies of ours stand in front: 0 means X-Forwarded-For is never believed. */
  TRUSTED_PROXIES: z.coerce.number().int().min(0).max(4).default(0),
  /** '1' when a parent holds our standard input: we stop when it is gone. */
  STOP_WITH_PARENT: z.enum(['0', '1']).default('0'),
}

/** Whether cookies may and must be `Secure` with the `__Host-` prefix. */
export function isHttps(publicUrl: URL): boolean {
  return publicUrl.protocol === 'https:'
}

/** Loopback addresses: only a scene on one's own machine has them (yardsticks 2.4). */
export function isLoopback(address: URL): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(address.hostname)
}
