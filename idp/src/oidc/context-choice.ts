import { perRequest } from '@myanm/chassis'
import type { Db, Tx } from '@myanm/database'
import type { KoaContextWithOIDC } from 'oidc-provider'
import { type Standing, standingOf } from '#accounts'
import { record } from '#journal'
import type { Tables } from '../tables.ts'
import { organisationOf } from './acting-context.ts'
import { currentWork, standingKey } from './unit-of-work.ts'

/** In one's own name, as the request parameter says it (7.4). */
export const PERSONAL = 'personnel'

/** The scope that makes a site care for whom a person acts. */
const ORGANISATION_SCOPE = 'organisation'

/** For whom a sign-in acts, or that the person has to say so, and why. */
export type ContextChoice =
  | { readonly decided: true; readonly organisation: string | null; readonly isExplicit: boolean }
  | { readonly decided: false; readonly because: 'several' | 'not-a-member' }

const choices = perRequest<Promise<ContextChoice>>('context choice')

/**
 * For whom this authorization request acts. Asked several times per request, decided once.
 *
 * In order: what the person just chose, what the site asks for, what this site already had, what the
 * session remembers from another site, the only organisation there is. Every answer is held against
 * the memberships of this moment: a stale one is no answer.
 */
export function contextChoice(ctx: KoaContextWithOIDC, db: Db<Tables>): Promise<ContextChoice> {
  const known = choices.find(ctx)
  if (known) return known
  const choice = decide(ctx, db)
  choices.set(ctx, choice)
  return choice
}

async function decide(ctx: KoaContextWithOIDC, db: Db<Tables>): Promise<ContextChoice> {
  const { session, params, client, result } = ctx.oidc
  const account = session?.accountId
  const inOwnName = { decided: true, organisation: null, isExplicit: false } as const
  if (!account || !session || !client) return inOwnName
  if (!ctx.oidc.requestParamScopes.has(ORGANISATION_SCOPE)) return inOwnName

  const belongsTo = async (organisation: string): Promise<boolean> =>
    (await standingFor(db, account, organisation))?.organisation?.id === organisation

  const chosen = (result as { contexte?: { organisation?: unknown } } | undefined)?.contexte
  const asked = chosen?.organisation ?? params?.['organisation']
  if (typeof asked === 'string') {
    if (asked === PERSONAL) return { decided: true, organisation: null, isExplicit: true }
    if (await belongsTo(asked)) return { decided: true, organisation: asked, isExplicit: true }
    return { decided: false, because: 'not-a-member' }
  }

  const ownGrant = session.grantIdFor(client.clientId)
  if (ownGrant) {
    const organisation = organisationOf(ownGrant)
    if (organisation === null) return inOwnName
    if (await belongsTo(organisation)) return { ...inOwnName, organisation }
  }

  const remembered = await findRemembered(db, session.uid)
  if (remembered) {
    const { organisation } = remembered
    if (organisation === null) return inOwnName
    if (await belongsTo(organisation)) return { ...inOwnName, organisation }
  }

  const [first, second] = (await standingInAny(db, account))?.choices ?? []
  if (second) return { decided: false, because: 'several' }
  return { ...inOwnName, organisation: first ?? null }
}

/** What holds of a person now: read ahead with the session when possible, else read. */
export async function standingFor(
  db: Db<Tables>,
  account: string,
  organisation: string | null,
): Promise<Standing | null> {
  const known = currentWork()?.standings
  const key = standingKey(account, organisation)
  const ahead = known?.get(key)
  if (ahead) return ahead
  if (!isUuid(organisation)) return null
  const standing = await standingOf(db, account, organisation)
  if (standing) known?.set(key, standing)
  return standing
}

/** The same, when the context does not matter: whichever was read ahead will do. */
export async function standingInAny(db: Db<Tables>, account: string): Promise<Standing | null> {
  for (const known of currentWork()?.standings.values() ?? []) {
    if (known.account.id === account) return known
  }
  return standingFor(db, account, null)
}

function isUuid(organisation: string | null): boolean {
  return organisation === null || /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(organisation)
}

async function findRemembered(
  db: Db<Tables>,
  session: string,
): Promise<{ organisation: string | null } | undefined> {
  return db
    .selectFrom('acting_context')
    .select('organisation_id as organisation')
    .where('session_uid', '=', session)
    .where('expires_at', '>', new Date())
    .executeTakeFirst()
}

/** Remembers for whom a session acts, for the sites it will visit next. */
export async function rememberContext(
  tx: Tx<Tables>,
  context: {
    readonly session: string
    readonly account: string
    readonly client: string
    readonly organisation: string | null
    readonly until: Date
  },
): Promise<void> {
  const remembered = { organisation_id: context.organisation, expires_at: context.until }
  await tx
    .insertInto('acting_context')
    .values({ session_uid: context.session, ...remembered })
    .onConflict((conflict) => conflict.column('session_uid').doUpdateSet(remembered))
    .execute()
  await record(tx, {
    event: 'context-chosen',
    account: context.account,
    organisation: context.organisation,
    client: context.client,
  })
}
