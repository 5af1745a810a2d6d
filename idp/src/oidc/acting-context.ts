import { createHash } from 'node:crypto'
import type { Standing } from '#accounts'

const SEPARATOR = '~'

/** For which organisation, and by which membership of it. */
export interface ActingFor {
  readonly organisation: string
  readonly membership: string
}

/**
 * The name of the grant of a session at a client, for one organisation or (null) in one's own name.
 *
 * One grant per session, client and context, and its name says which: a token can never drift from one
 * organisation to another, because nothing about its grant can change. Two tabs signing in at once get
 * the same grant, so neither ends the other's tokens. The membership is part of it: who is removed and
 * let in again has another one, and what came of the first stays ended (7.5).
 */
export function grantIdFor(where: {
  readonly session: string
  readonly client: string
  readonly actingFor: ActingFor | null
}): string {
  const { session, client, actingFor } = where
  const name = createHash('sha256')
    .update(`${session}\n${client}\n${actingFor?.organisation ?? ''}`)
    .digest('base64url')
  return actingFor === null
    ? name
    : [name, actingFor.organisation, actingFor.membership].join(SEPARATOR)
}

/** What a session is called at a client (`sid`, OIDC Back-Channel Logout 2.1): one name, for always. */
export function sidFor(session: string, client: string): string {
  return createHash('sha256').update(`sid\n${session}\n${client}`).digest('base64url')
}

/** The organisation a grant (and every token of it) acts for; null in one's own name. */
export function organisationOf(grantId: string | undefined): string | null {
  return grantId?.split(SEPARATOR)[1] ?? null
}

/** What holds of a person now, of that what a grant carries: nothing of a membership it was not given for. */
export function heldBy(grantId: string | undefined, standing: Standing): Standing {
  const { organisation } = standing
  const isIts = organisation?.membership === grantId?.split(SEPARATOR)[2]
  return organisation === null || isIts ? standing : { ...standing, organisation: null }
}
