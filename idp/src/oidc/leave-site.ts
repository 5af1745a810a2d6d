import type { Tx } from '@myanm/database'
import { sql } from 'kysely'
import { record } from '#journal'
import type { Tables } from '../tables.ts'
import { lockSessions, tellOfEnds } from './account-sessions.ts'

/**
 * Ends what one site has of a person, in every browser and in their absence: its grants, its codes and
 * its tokens, in the caller's transaction (ASVS 10.7.3). The site is told by the job queue; the person
 * stays signed in to MyANM and to the other sites.
 *
 * @returns in how many browsers they were signed in there
 */
export async function leaveSite(
  tx: Tx<Tables>,
  where: { readonly account: string; readonly client: string },
): Promise<number> {
  const { account, client } = where
  await lockSessions(tx, account)
  const names = await endGrants(tx, where)
  const left = await leaveSessions(tx, where)
  // A renewal under way when the first began has written its tokens by now, and the next grant of the
  // same session has the same name.
  await sql`delete from oidc_artefact where grant_id = any(${names})`.execute(tx)
  await tellOfEnds(
    tx,
    account,
    left.map((sid) => ({ client, sid })),
  )
  if (left.length > 0) await record(tx, { event: 'signed-out', account, client })
  return left.length
}

/**
 * The sessions forget their grant there and get another name at that site: it may have been told that the
 * old one has ended, and would hold the next sign-in for it.
 */
async function leaveSessions(
  tx: Tx<Tables>,
  { account, client }: { account: string; client: string },
): Promise<string[]> {
  const { rows } = await sql<{ sid: string | null }>`
    update oidc_artefact
      set payload = jsonb_set(
        payload::jsonb,
        array['authorizations', ${client}::text],
        jsonb_build_object('sid', gen_random_uuid())
      )::json
      where kind = 'Session' and account_id = ${account}
        and payload -> 'authorizations' -> ${client}::text ->> 'grantId' is not null
      returning old.payload -> 'authorizations' -> ${client}::text ->> 'sid' as sid`.execute(tx)
  return rows.flatMap(({ sid }) => (sid === null ? [] : [sid]))
}

/** @returns the names of the grants that ended */
async function endGrants(
  tx: Tx<Tables>,
  { account, client }: { account: string; client: string },
): Promise<string[]> {
  const { rows } = await sql<{ grant_id: string }>`
    delete from oidc_artefact where grant_id in (
      select grant_id from oidc_artefact
        where kind = 'Grant' and account_id = ${account} and payload ->> 'clientId' = ${client}
    ) returning grant_id`.execute(tx)
  return [...new Set(rows.map((row) => row.grant_id))]
}
