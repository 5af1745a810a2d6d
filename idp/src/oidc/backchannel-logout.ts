import { randomUUID } from 'node:crypto'
import type { Job } from '#jobs'
import { postForm } from './outbound.ts'
import { reachOf, siteSigner, type TellingNeeds } from './site-signer.ts'

/** OIDC Back-Channel Logout 1.0, 2.4: short, at most two minutes. */
const VALID_FOR = '2m'

/**
 * Tells one site that a session has ended. Signed anew at each try, so that a site that was away for an
 * hour gets a token it can still accept.
 * @throws Error when the site did not accept it: the job is tried again
 */
export async function deliverLogout(
  needs: TellingNeeds,
  job: Job['backchannel-logout'],
): Promise<void> {
  const client = await needs.db
    .selectFrom('client')
    .select(['backchannel_logout_uri', 'sector'])
    .where('client_id', '=', job.client)
    .executeTakeFirst()
  // The site left the house since: nobody to tell.
  if (!client?.backchannel_logout_uri) return

  const sign = await siteSigner(needs)
  const token = await sign({
    type: 'logout+jwt',
    audience: job.client,
    id: randomUUID(),
    claims: {
      sub: needs.subjectOf(job.account, client.sector),
      sid: job.sid,
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    },
    validFor: VALID_FOR,
  })
  const status = await postForm(
    new URL(client.backchannel_logout_uri),
    { logout_token: token },
    reachOf(needs.issuer),
  )
  if (status !== 200 && status !== 204) throw new Error(`The site answered ${status}`)
}
