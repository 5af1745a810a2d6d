import { type JWTPayload, jwtVerify } from 'jose'
import { CLOCK_TOLERANCE, SIGNATURES, type Signatory } from '../myanm/api.ts'

/** OIDC Back-Channel Logout 1.0 §2.4. */
const EVENT = 'http://schemas.openid.net/event/backchannel-logout'

/** Longest life of a token we take for one, in seconds: MyANM gives two minutes. */
const LONGEST_LIFE = 10 * 60

export interface LogoutToken {
  readonly jti: string
  readonly sid: string | null
  readonly sub: string | null
  readonly issuedAt: Date
  readonly expiresAt: Date
}

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

/**
 * Validates a logout token (OIDC Back-Channel Logout 1.0 §2.6). Its type is required: no other token of
 * MyANM passes for one, and it passes for no other (RFC 8725 §3.11).
 *
 * @returns the token, or undefined when it is none
 * @throws the network's error when the keys cannot be had
 */
export async function readLogoutToken(
  token: string,
  expected: { readonly by: Signatory; readonly clientId: string; readonly now: Date },
): Promise<LogoutToken | undefined> {
  try {
    const { payload } = await jwtVerify(token, expected.by.keys, {
      issuer: expected.by.issuer,
      audience: expected.clientId,
      typ: 'logout+jwt',
      algorithms: SIGNATURES,
      requiredClaims: ['iat', 'exp', 'jti', 'events'],
      maxTokenAge: LONGEST_LIFE,
      clockTolerance: CLOCK_TOLERANCE,
      currentDate: expected.now,
    })
    return tokenFrom(payload)
  } catch (error) {
    if (AT_FAULT.has(String((error as { code?: unknown }).code))) return undefined
    throw error
  }
}

function tokenFrom({
  jti,
  sid,
  sub,
  iat,
  exp,
  events,
  ...rest
}: JWTPayload): LogoutToken | undefined {
  const event = isObject(events) ? events[EVENT] : undefined
  const names = [sid, sub].filter((name) => name !== undefined)
  if (!isObject(event) || 'nonce' in rest) return undefined
  if (names.length === 0 || !names.every(isText) || !isText(jti)) return undefined
  if (iat === undefined || exp === undefined) return undefined
  return {
    jti,
    sid: isText(sid) ? sid : null,
    sub: isText(sub) ? sub : null,
    issuedAt: new Date(iat * 1000),
    expiresAt: new Date(exp * 1000),
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
