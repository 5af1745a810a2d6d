import type { Db, Tx } from '@myanm/database'
import { type RawBuilder, sql } from 'kysely'
import { lockAccount } from '#accounts'
import { enqueue } from '#jobs'
import { record } from '#journal'
import type { Tables } from '../tables.ts'
import { grantIdFor } from './acting-context.ts'
import { lastSign } from './lifetimes.ts'

/** A browser that is signed in, as its person may see it. */
export interface AccountSession {
  /** What other tables know the session by; not its cookie. */
  readonly uid: string
  readonly signedInAt: Date
  readonly expiresAt: Date
  /** Its last sign of life; null when the person asked to stay signed in, where none is counted. */
  readonly lastSeenAt: Date | null
  /** Sites it is signed in to: client identifiers. */
  readonly clients: readonly string[]
}

interface SessionRow {
  session_uid: string
  expires_at: Date
  payload: {
    loginTs?: number
    transient?: boolean
    authorizations?: Record<string, { sid?: string; grantId?: string }>
  }
}

/** The live sessions of an account, the latest first. */
export async function listSessions(db: Db<Tables>, account: string): Promise<AccountSession[]> {
  const { rows } = await sql<SessionRow>`
    select session_uid, expires_at, payload from oidc_artefact
      where kind = 'Session' and account_id = ${account} and expires_at > now()`.execute(db)
  return rows
    .map(({ session_uid: uid, expires_at: expiresAt, payload }) => ({
      uid,
      expiresAt,
      signedInAt: new Date((payload.loginTs ?? 0) * 1000),
      lastSeenAt: seenLast(payload, expiresAt),
      clients: Object.entries(payload.authorizations ?? {})
        // Without a grant it is one that was left.
        .filter(([, held]) => held.grantId !== undefined)
        .map(([client]) => client),
    }))
    .sort((left, right) => right.signedInAt.getTime() - left.signedInAt.getTime())
}

function seenLast({ loginTs, transient }: SessionRow['payload'], expiresAt: Date): Date | null {
  const seen = lastSign({ loginTs, transient }, Math.floor(expiresAt.getTime() / 1000))
  return seen === null ? null : new Date(seen * 1000)
}

/** Which sessions of an account: all, all but one, or one. */
export type Which = 'all' | { readonly except: string } | { readonly only: string }

/**
 * Ends sessions of an account in the caller's transaction: their tokens end with them, every site is
 * told by the job queue, and nothing brings them back (4.3.2, M59, 6.1). With « all », so do the grants
 * of sites that may act in the person's absence.
 *
 * @returns how many sessions ended
 */
export async function endSessionsOf(
  tx: Tx<Tables>,
  account: string,
  which: Which = 'all',
): Promise<number> {
  await lockSessions(tx, account)
  const { rows: known } = await sql<SessionRow>`
    select session_uid, expires_at, payload from oidc_artefact
      where kind = 'Session' and account_id = ${account} ${narrowedTo(which)}`.execute(tx)
  await endGrants(tx, account, which === 'all' ? null : known)
  const { rows: ended } = await sql<SessionRow>`
    delete from oidc_artefact
      where kind = 'Session' and account_id = ${account} ${narrowedTo(which)}
      returning session_uid, expires_at, payload`.execute(tx)
  // And what a request under way has written meanwhile.
  await endGrants(tx, account, which === 'all' ? null : ended)
  const uids = ended.map((session) => session.session_uid)
  if (uids.length > 0) {
    await tx.deleteFrom('acting_context').where('session_uid', 'in', uids).execute()
  }
  await tellSites(tx, account, ended)
  for (const _ of ended) await record(tx, { event: 'session-ended', account })
  return ended.length
}

/**
 * Those who end sessions of one account wait for each other. All take tokens before sessions, as a site
 * that renews its tokens does: none then waits for one that waits for it.
 */
export async function lockSessions(tx: Tx<Tables>, account: string): Promise<void> {
  await lockAccount(tx, account)
}

function narrowedTo(which: Which): RawBuilder<unknown> {
  if (which === 'all') return sql``
  if ('except' in which) return sql`and session_uid <> ${which.except}`
  return sql`and session_uid = ${which.only}`
}

/** Grants and their tokens: of some sessions, or (null) all the account has. */
async function endGrants(
  tx: Tx<Tables>,
  account: string,
  sessions: readonly SessionRow[] | null,
): Promise<void> {
  if (sessions === null) {
    await sql`delete from oidc_artefact where grant_id in (
      select grant_id from oidc_artefact where kind = 'Grant' and account_id = ${account}
    )`.execute(tx)
    return
  }
  const memberships = await tx
    .selectFrom('membership')
    .select(['organisation_id as organisation', 'id as membership'])
    .where('account_id', '=', account)
    .execute()
  const contexts = [null, ...memberships]
  const names = sessions.flatMap(({ session_uid: session, payload }) =>
    Object.keys(payload.authorizations ?? {}).flatMap((client) =>
      contexts.map((actingFor) => grantIdFor({ session, client, actingFor })),
    ),
  )
  if (names.length > 0) {
    await sql`delete from oidc_artefact where grant_id = any(${names})`.execute(tx)
  }
}

function tellSites(
  tx: Tx<Tables>,
  account: string,
  sessions: readonly SessionRow[],
): Promise<void> {
  const ends = sessions.flatMap(({ payload }) =>
    Object.entries(payload.authorizations ?? {}).flatMap(([client, { sid, grantId }]) =>
      sid && grantId !== undefined ? [{ client, sid }] : [],
    ),
  )
  return tellOfEnds(tx, account, ends)
}

/** What a session was called at a site where it has ended. */
export interface EndAtSite {
  readonly client: string
  readonly sid: string
}

/**
 * Queues a sign-out for each site that listens to them, and an event for each that hears of changes of
 * rights (7.5): that one is written here and not after the commit, because the grant by which the site
 * would be found ends with the session.
 */
export async function tellOfEnds(
  tx: Tx<Tables>,
  account: string,
  ends: readonly EndAtSite[],
): Promise<void> {
  const listening = await tx
    .selectFrom('client')
    .select('client_id')
    .where('backchannel_logout_uri', 'is not', null)
    .execute()
  const told = new Set(listening.map((client) => client.client_id))
  for (const { client, sid } of ends) {
    if (told.has(client)) await enqueue(tx, 'backchannel-logout', { client, account, sid })
    await sql`select signal_session_ended(${account}::uuid, ${client}::text, ${sid}::text)`.execute(
      tx,
    )
  }
}
