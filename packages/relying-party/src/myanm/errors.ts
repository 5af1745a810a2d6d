/** What went wrong between this site and MyANM, as far as a session is concerned. */
export type Failure =
  /** The grant is over: signed out, revoked, or a code or token used twice (RFC 6749 §5.2). */
  | 'grant-over'
  /** The access token is not accepted: expired or revoked. */
  | 'token-refused'
  /** MyANM said no to the sign-in itself, or the person did: an error in the authorization response. */
  | 'answered-no'
  /** An answer came and does not hold: wrong issuer, signature, nonce, subject. */
  | 'untrusted'
  /** MyANM cannot answer, or not so that it can be understood: says nothing about the person. */
  | 'away'

/** Codes with which the libraries say that an answer contradicts what was asked or promised. */
const MISTRUST = new Set([
  'OAUTH_INVALID_RESPONSE',
  'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
  'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED',
  'OAUTH_JWT_TIMESTAMP_CHECK_FAILED',
  'OAUTH_UNSUPPORTED_OPERATION',
  'ERR_JWKS_NO_MATCHING_KEY',
  'ERR_JWKS_MULTIPLE_MATCHING_KEYS',
  'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
  'ERR_JWS_INVALID',
  'ERR_JOSE_ALG_NOT_ALLOWED',
  'ERR_JOSE_NOT_SUPPORTED',
])

const BRAND = Symbol.for('myanm.relying-party.failure')

/** An exchange with MyANM that failed, and what that means. */
export class MyAnmError extends Error {
  override readonly name = 'MyAnmError'
  readonly [BRAND] = true
  readonly failure: Failure
  /** The error code of an authorization response, such as `access_denied`. */
  readonly answer: string | undefined

  constructor(failure: Failure, cause?: unknown) {
    super(failure, { cause })
    this.failure = failure
    this.answer = failure === 'answered-no' ? String(shapeOf(cause).error) : undefined
  }

  static is(error: unknown): error is MyAnmError {
    return typeof error === 'object' && error !== null && BRAND in error
  }
}

/** Runs an exchange; whatever it throws becomes a `MyAnmError`. */
export async function exchange<Result>(run: () => Promise<Result>): Promise<Result> {
  try {
    return await run()
  } catch (error) {
    throw MyAnmError.is(error) ? error : new MyAnmError(failureOf(error), error)
  }
}

/** Read by shape: an error of another realm or copy of the library is no `instanceof` of anything. */
export function failureOf(problem: unknown): Failure {
  const { code, error, status, cause } = shapeOf(problem)
  if (code === 'OAUTH_AUTHORIZATION_RESPONSE_ERROR') return 'answered-no'
  if (error === 'invalid_grant') return 'grant-over'
  if ((status ?? shapeOf(cause).status) === 401 && error !== 'invalid_client') {
    return 'token-refused'
  }
  return typeof code === 'string' && MISTRUST.has(code) ? 'untrusted' : 'away'
}

interface Shape {
  readonly code?: unknown
  readonly error?: unknown
  readonly status?: unknown
  readonly cause?: unknown
}

function shapeOf(value: unknown): Shape {
  return typeof value === 'object' && value !== null ? value : {}
}
