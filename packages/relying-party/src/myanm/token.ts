import { type JWTPayload, jwtVerify } from 'jose'
import { CLOCK_TOLERANCE, SIGNATURES, type Signatory } from './api.ts'

/** With these codes jose says that the token is at fault, rather than the way to the keys. */
const AT_FAULT = new Set([
  'ERR_JOSE_ALG_NOT_ALLOWED',
  'ERR_JOSE_NOT_SUPPORTED',
  'ERR_JWKS_MULTIPLE_MATCHING_KEYS',
  'ERR_JWKS_NO_MATCHING_KEY',
  'ERR_JWS_INVALID',
  'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
  'ERR_JWT_CLAIM_VALIDATION_FAILED',
  'ERR_JWT_EXPIRED',
  'ERR_JWT_INVALID',
])

export interface Expected {
  readonly by: Signatory
  readonly clientId: string
  readonly now: Date
}

/** Why a token is not taken: jose’s code, and the claim it is about. */
export interface Fault {
  readonly code: string
  readonly claim: string | undefined
}

export type Read = { readonly payload: JWTPayload } | { readonly fault: Fault }

/**
 * Reads a token MyANM has signed for this site. Its type is required: no token of one kind passes for
 * another (RFC 8725 §3.11).
 *
 * @throws the network's error when the keys cannot be had: that says nothing of the token
 */
export async function readToken(
  token: string,
  expected: Expected,
  kind: {
    readonly type: string
    readonly requiredClaims: readonly string[]
    /** Oldest token that is taken, in seconds. */
    readonly maxAge: number
  },
): Promise<Read> {
  try {
    const { payload } = await jwtVerify(token, expected.by.keys, {
      issuer: expected.by.issuer,
      audience: expected.clientId,
      typ: kind.type,
      algorithms: SIGNATURES,
      requiredClaims: [...kind.requiredClaims],
      maxTokenAge: kind.maxAge,
      clockTolerance: CLOCK_TOLERANCE,
      currentDate: expected.now,
    })
    return { payload }
  } catch (error) {
    const { code, claim } = error as { code?: unknown; claim?: string }
    if (typeof code === 'string' && AT_FAULT.has(code)) return { fault: { code, claim } }
    throw error
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
