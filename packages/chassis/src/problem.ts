const BRAND = Symbol.for('myanm.problem')

/** A way forward offered on the page of a refusal: nobody is left without a next step. */
export interface Way {
  /** Catalogue key of the sentence on the link. */
  readonly key: string
  readonly href: string
  readonly values?: MessageValues
}

export type MessageValues = Readonly<Record<string, string | number | Date | boolean | null>>

export interface ProblemDetails {
  readonly values?: MessageValues
  readonly ways?: readonly Way[]
  readonly headers?: Readonly<Record<string, string>>
  readonly cause?: unknown
}

/**
 * A refusal, or something missing: known, explained, shown with a way out. Anything else that is
 * thrown is a bug and answers 500. Messages carry no personal data.
 */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly [BRAND] = true
  readonly code: string
  readonly status: number
  readonly values: MessageValues
  readonly ways: readonly Way[]
  readonly headers: Readonly<Record<string, string>>

  constructor(code: string, status: number, details: ProblemDetails = {}) {
    super(code, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.status = status
    this.values = details.values ?? {}
    this.ways = details.ways ?? []
    this.headers = details.headers ?? {}
  }

  /** By brand, not `instanceof`: realms and duplicate packages break the latter. */
  static is(error: unknown): error is Problem {
    return typeof error === 'object' && error !== null && BRAND in error
  }
}

/**
 * The closed list of a process's problems: code → HTTP status. Title and text of each are in the
 * catalogues as `problem.<code>.title` and `problem.<code>.text`.
 */
export function problems<const Table extends Readonly<Record<string, number>>>(table: Table) {
  return (code: keyof Table & string, details?: ProblemDetails): Problem =>
    new Problem(code, table[code] as number, details)
}

/** The problems every process knows. */
export const FRAME_PROBLEMS = {
  'bad-request': 400,
  'not-found': 404,
  'method-not-allowed': 405,
  'too-large': 413,
  'foreign-host': 421,
  'form-expired': 403,
  'too-many-requests': 429,
  unexpected: 500,
  unavailable: 503,
} as const

export const frameProblem = problems(FRAME_PROBLEMS)
