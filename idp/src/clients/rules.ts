import { createHash } from 'node:crypto'

/**
 * What is kept of a client's secret. Plain SHA-256 is right here and would be wrong for a password:
 * the secret is 256 random bits, nothing to guess.
 */
export function hashClientSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}

/** What a service is called in a token that is meant for it (RFC 8707). */
export const audienceOf = (service: string): string => `urn:myanm:${service}`

/** An identifier one can read, and that is no identifier of a person (RFC 9700 §4.15). */
export const isServiceId = (id: string): boolean => /^[a-z][a-z0-9-]{2,39}$/.test(id)

export const OUR_SITES = ['guide-social', 'monasbl', 'sweeli', 'bilan'] as const

/** Whether the look knows this client: its own mark and accent. */
export function isOneOfOurSites(clientId: string): clientId is (typeof OUR_SITES)[number] {
  return (OUR_SITES as readonly string[]).includes(clientId)
}
