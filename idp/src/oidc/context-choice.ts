import { perRequest } from '@myanm/chassis'
import type { Db, Tx } from '@myanm/database'
import { atLeast, type Role } from '@myanm/permissions'
import type { KoaContextWithOIDC } from 'oidc-provider'
import { type Standing, standingOf } from '#accounts'
import { record } from '#journal'
import type { Tables } from '../tables.ts'
import { type ActingFor, heldBy, organisationOf } from './acting-context.ts'
import { ANY_ORGANISATION, type Need, needOf, PERSONAL } from './rules.ts'
import { currentWork, standingKey } from './unit-of-work.ts'

/** The scope that makes a site care for whom a person acts. */
const ORGANISATION_SCOPE = 'organisation'

/** Whether this site asks for whom a person acts. */
export function caresForWhom(ctx: KoaContextWithOIDC): boolean {
  return ctx.oidc.requestParamScopes.has(ORGANISATION_SCOPE)
}

/** For whom a sign-in acts, or that the person has to say so, and why. */
export type ContextChoice =
  | { readonly decided: true; readonly actingFor: ActingFor | null; readonly isExplicit: boolean }
  | { readonly decided: false; readonly because: Undecided; readonly organisation?: string }

/** Why the person has to say something: which of several, or that what the site needs is not there. */
export type Undecided = 'several' | 'not-a-member' | 'role-too-low' | 'no-organisation'

const choices = perRequest<Promise<ContextChoice>>('context choice')

/**
 * For whom this authorization request acts. Asked several times per request, decided once.
 *
 * In order: what the person just chose, what the site asks for, what this site already had, what the
 * session remembers from another site, the only organisation there is. Every answer is held against
 * the memberships of this moment: a stale one is no answer, nor is one that is less than the site says it
 * needs. The rank of a role is compared here, so that no site has to know the ladder (ahead 2).
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
  const inOwnName = { decided: true, actingFor: null, isExplicit: false } as const
  if (!account || !session || !client) return inOwnName
  if (!caresForWhom(ctx)) return inOwnName

  const need = needOf(params ?? {})
  const memberOf = async (organisation: string): Promise<Member | null> => {
    const found = (await standingFor(db, account, organisation))?.organisation
    if (found?.id !== organisation) return null
    return { role: found.role, actingFor: { organisation, membership: found.membership } }
  }

  const chosen = (result as { contexte?: { organisation?: unknown } } | undefined)?.contexte
  const asked = chosen?.organisation ?? params?.['organisation']
  if (typeof asked === 'string' && asked !== ANY_ORGANISATION) {
    if (asked === PERSONAL) {
      return need
        ? { decided: false, because: 'no-organisation' }
        : { ...inOwnName, isExplicit: true }
    }
    const member = await memberOf(asked)
    if (member === null) return { decided: false, because: 'not-a-member' }
    if (!isMet(need, member.role)) {
      return { decided: false, because: 'role-too-low', organisation: asked }
    }
    return { decided: true, actingFor: member.actingFor, isExplicit: true }
  }

  let tooLow: string | undefined
  const ownGrant = session.grantIdFor(client.clientId)
  const before = ownGrant ? { organisation: organisationOf(ownGrant) } : null
  for (const look of [() => before, () => findRemembered(db, session.uid)]) {
    const known = await look()
    if (!known) continue
    const { organisation } = known
    if (organisation === null) {
      if (!need) return inOwnName
      continue
    }
    const member = await memberOf(organisation)
    if (member === null) continue
    if (isMet(need, member.role)) return { ...inOwnName, actingFor: member.actingFor }
    tooLow ??= organisation
  }

  const [first, second] = (await standingInAny(db, account))?.choices ?? []
  if (need) {
    const onlyWith = (role: Role) => findOnlyWith(db, { account, role })
    return choiceFor(need, { tooLow, first, second, memberOf, onlyWith })
  }
  if (second) return { decided: false, because: 'several' }
  return { ...inOwnName, actingFor: first ?? null }
}

interface Member {
  readonly role: Role
  readonly actingFor: ActingFor
}

const isMet = (need: Need | null, role: Role): boolean =>
  need === null || need.role === null || atLeast(role, need.role)

/**
 * What is needed was neither asked for by name nor acted for before. The only organisation that will do;
 * of several the person chooses. Whoever acts for one that will not do is asked, also when another
 * would: nobody is moved to another organisation unasked.
 */
async function choiceFor(
  need: Need,
  known: {
    readonly tooLow: string | undefined
    readonly first: ActingFor | undefined
    readonly second: ActingFor | undefined
    readonly memberOf: (organisation: string) => Promise<Member | null>
    /** The one organisation where the role is high enough; null for none and for several. */
    readonly onlyWith: (role: Role) => Promise<string | null>
  },
): Promise<ContextChoice> {
  const { tooLow, first, second, memberOf, onlyWith } = known
  if (tooLow !== undefined) return { decided: false, because: 'role-too-low', organisation: tooLow }
  if (first === undefined) return { decided: false, because: 'no-organisation' }
  const only = second === undefined ? first.organisation : await onlyWith(need.role ?? 'LECTEUR')
  if (only === null) return { decided: false, because: 'several' }
  const member = await memberOf(only)
  if (member !== null && isMet(need, member.role)) {
    return { decided: true, actingFor: member.actingFor, isExplicit: false }
  }
  return { decided: false, because: 'role-too-low', organisation: first.organisation }
}

/** The organisation of somebody where they have at least this role, when there is one only. */
async function findOnlyWith(
  db: Db<Tables>,
  { account, role }: { readonly account: string; readonly role: Role },
): Promise<string | null> {
  const rows = await db
    .selectFrom('membership')
    .innerJoin('organisation', 'organisation.id', 'membership.organisation_id')
    .select('organisation.id')
    .where('membership.account_id', '=', account)
    .where('membership.state', '=', 'active')
    .where('membership.role', '>=', role)
    .where('organisation.state', '<>', 'closed')
    .limit(2)
    .execute()
  return rows.length === 1 ? (rows[0]?.id ?? null) : null
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

/** What holds of the person behind a token now, acting as its grant says. */
export async function standingUnder(
  db: Db<Tables>,
  token: { readonly accountId: string; readonly grantId?: string | undefined },
): Promise<Standing | null> {
  const { accountId, grantId } = token
  const standing = await standingFor(db, accountId, organisationOf(grantId))
  return standing && heldBy(grantId, standing)
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
  if (context.organisation !== null) {
    await noteChoice(tx, { account: context.account, organisation: context.organisation })
  }
  await record(tx, {
    event: 'context-chosen',
    account: context.account,
    organisation: context.organisation,
    client: context.client,
  })
}

/** So that a choice among many begins with the few that are used; nobody else sees it (M53). */
async function noteChoice(
  tx: Tx<Tables>,
  { account, organisation }: { readonly account: string; readonly organisation: string },
): Promise<void> {
  const now = new Date()
  await tx
    .insertInto('organisation_choice')
    .values({ account_id: account, organisation_id: organisation, chosen_at: now })
    .onConflict((conflict) =>
      conflict.columns(['account_id', 'organisation_id']).doUpdateSet({ chosen_at: now }),
    )
    .execute()
}
