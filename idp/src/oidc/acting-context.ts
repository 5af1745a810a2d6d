import { createHash } from 'node:crypto'

const SEPARATOR = '~'

/**
 * The name of the grant of a session at a client, for one organisation or (null) in one's own name.
 *
 * One grant per session, client and context, and its name says which: a token can never drift from one
 * organisation to another, because nothing about its grant can change. Two tabs signing in at once get
 * the same grant, so neither ends the other's tokens.
 */
export function grantIdFor(where: {
  readonly session: string
  readonly client: string
  readonly organisation: string | null
}): string {
  const name = createHash('sha256')
    .update(`${where.session}\n${where.client}\n${where.organisation ?? ''}`)
    .digest('base64url')
  return where.organisation === null ? name : `${name}${SEPARATOR}${where.organisation}`
}

/** What a session is called at a client (`sid`, OIDC Back-Channel Logout 2.1): one name, for always. */
export function sidFor(session: string, client: string): string {
  return createHash('sha256').update(`sid\n${session}\n${client}`).digest('base64url')
}

/** The organisation a grant (and every token of it) acts for; null in one's own name. */
export function organisationOf(grantId: string | undefined): string | null {
  return grantId?.split(SEPARATOR)[1] ?? null
}
