import { createHash } from 'node:crypto'

/**
 * What is kept of a client's secret. Plain SHA-256 is right here and would be wrong for a password:
 * the secret is 256 random bits, nothing to guess.
 */
export function hashClientSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}

export const OUR_SITES = ['guide-social', 'monasbl', 'sweeli', 'bilan'] as const

/** Whether the look knows this client: its own mark and accent. */
export function isOneOfOurSites(clientId: string): clientId is (typeof OUR_SITES)[number] {
  return (OUR_SITES as readonly string[]).includes(clientId)
}
