import { hash, randomBytes } from 'node:crypto'
import type { Site } from '../sides/side.ts'

/** An authorization request with PKCE, state and nonce, each new, as a site sends it. */
export interface Authorization {
  /** Path and query at the provider. */
  readonly address: string
  readonly verifier: string
  readonly state: string
}

export function newAuthorization(endpoint: URL, site: Site): Authorization {
  const random = randomBytes(64)
  const verifier = random.toString('base64url', 0, 32)
  const state = random.toString('base64url', 32, 48)
  const nonce = random.toString('base64url', 48, 64)
  const challenge = hash('sha256', verifier, 'base64url')
  const query =
    `client_id=${encodeURIComponent(site.id)}&redirect_uri=${encodeURIComponent(site.redirectUri)}` +
    `&response_type=code&scope=${encodeURIComponent(site.scope)}&state=${state}&nonce=${nonce}` +
    `&code_challenge=${challenge}&code_challenge_method=S256${site.parameters ?? ''}`
  return { address: `${endpoint.pathname}?${query}`, verifier, state }
}

/**
 * The code in the address a provider sends back to.
 * @throws Error when it refuses, or answers somebody else
 */
export function codeIn(location: string, { state }: Authorization): string {
  const answer = new URL(location).searchParams
  const code = answer.get('code')
  if (code === null || answer.get('state') !== state) throw new Error(`No code: ${location}`)
  return code
}
