import type { JWTPayload } from 'jose'
import { type Expected, isObject, isText, readToken } from '../myanm/token.ts'

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

/**
 * Validates a logout token (OIDC Back-Channel Logout 1.0 §2.6). Its type is required: no other token of
 * MyANM passes for one, and it passes for no other (RFC 8725 §3.11).
 *
 * @returns the token, or undefined when it is none
 * @throws the network's error when the keys cannot be had
 */
export async function readLogoutToken(
  token: string,
  expected: Expected,
): Promise<LogoutToken | undefined> {
  const read = await readToken(token, expected, {
    type: 'logout+jwt',
    requiredClaims: ['iat', 'exp', 'jti', 'events'],
    maxAge: LONGEST_LIFE,
  })
  return 'payload' in read ? tokenFrom(read.payload) : undefined
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
