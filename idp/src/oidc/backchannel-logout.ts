import { randomUUID } from 'node:crypto'
import { isLoopback } from '@myanm/chassis'
import type { Db } from '@myanm/database'
import { importJWK, SignJWT } from 'jose'
import type { Job } from '#jobs'
import type { Tables } from '../tables.ts'
import { loadKeys } from './keys.ts'
import { postForm } from './outbound.ts'
import type { Seal } from './sealing.ts'
import type { SubjectOf } from './subject.ts'

/** OIDC Back-Channel Logout 1.0, 2.4: short, at most two minutes. */
const VALID_FOR = '2m'

/**
 * Tells one site that a session has ended. Signed anew at each try, so that a site that was away for an
 * hour gets a token it can still accept.
 * @throws Error when the site did not accept it: the job is tried again
 */
export async function deliverLogout(
  needs: {
    readonly db: Db<Tables>
    readonly seal: Seal
    readonly issuer: URL
    readonly subjectOf: SubjectOf
  },
  job: Job['backchannel-logout'],
): Promise<void> {
  const { db, issuer } = needs
  const client = await db
    .selectFrom('client')
    .select(['backchannel_logout_uri', 'sector'])
    .where('client_id', '=', job.client)
    .executeTakeFirst()
  // The site left the house since: nobody to tell.
  if (!client?.backchannel_logout_uri) return

  const key = (await loadKeys(db, needs.seal)).find(
    ({ state, algorithm }) => state === 'current' && algorithm === 'ES256',
  )
  if (!key) throw new Error('No current signing key')
  const token = await new SignJWT({
    sid: job.sid,
    events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
  })
    .setProtectedHeader({ alg: 'ES256', kid: key.kid, typ: 'logout+jwt' })
    .setIssuer(issuer.origin)
    .setSubject(needs.subjectOf(job.account, client.sector))
    .setAudience(job.client)
    .setIssuedAt()
    .setExpirationTime(VALID_FOR)
    .setJti(randomUUID())
    .sign(await importJWK(key.jwk, 'ES256'))

  const status = await postForm(
    new URL(client.backchannel_logout_uri),
    { logout_token: token },
    { local: isLoopback(issuer) },
  )
  if (status !== 200 && status !== 204) throw new Error(`The site answered ${status}`)
}
