import type { Db } from '@myanm/database'
import type { KoaContextWithOIDC } from 'oidc-provider'
import { findConsent, insistOnConsent, isCovered } from '#consents'
import type { Tables } from '../tables.ts'
import { grantIdFor, sidFor } from './acting-context.ts'
import { caresForWhom, contextChoice, rememberContext } from './context-choice.ts'
import { currentWork } from './unit-of-work.ts'

/** How long a choice of organisation is remembered at most: as long as a session may live. */
const REMEMBERED_FOR = 31 * 86_400_000

type Grant = InstanceType<KoaContextWithOIDC['oidc']['provider']['Grant']>

/**
 * The grant behind an authorization request: what this session may give this client, acting for one
 * organisation. Sites of the house get what they ask for; others what the person agreed to (7.1).
 * @returns undefined when the person has to be asked first
 */
export async function grantFor(
  ctx: KoaContextWithOIDC,
  db: Db<Tables>,
): Promise<Grant | undefined> {
  const { session, client, provider } = ctx.oidc
  const account = session?.accountId
  if (!account || !client) return undefined
  const choice = await contextChoice(ctx, db)
  if (!choice.decided) return undefined

  // Two tabs at their first sign-in get the same: else one of them would never hear of the sign-out.
  if (!session.sidFor(client.clientId)) {
    session.sidFor(client.clientId, sidFor(session.uid, client.clientId))
  }
  const id = grantIdFor({
    session: session.uid,
    client: client.clientId,
    actingFor: choice.actingFor,
  })
  const organisation = choice.actingFor?.organisation ?? null
  if (choice.isExplicit) {
    const until = new Date(Date.now() + REMEMBERED_FOR)
    currentWork()?.deeds.push((tx) =>
      rememberContext(tx, {
        session: session.uid,
        account,
        client: client.clientId,
        organisation,
        until,
      }),
    )
  }

  const asked = ctx.oidc.requestParamOIDCScopes
  const existing = await provider.Grant.find(id)
  if (existing && isCovered(asked, existing.getOIDCScope().split(' ')) && !asksResources(ctx)) {
    return existing
  }
  const agreed = client['firstParty']
    ? [...asked]
    : await findConsent(db, { account, client: client.clientId })
  if (!isCovered(asked, agreed)) return existing
  if (!client['firstParty']) {
    const shared = { account, client: client.clientId, scopes: [...asked] }
    currentWork()?.guards.push((tx) => insistOnConsent(tx, shared))
  }
  const grant = existing ?? new provider.Grant({ accountId: account, clientId: client.clientId })
  grant.jti = id
  grant.addOIDCScope([...asked].join(' '))
  for (const [audience, server] of Object.entries(ctx.oidc.resourceServers ?? {})) {
    grant.addResourceScope(audience, [...server.scopes].join(' '))
  }
  await grant.save()
  const work = currentWork()
  // What was chosen is written down with the choice; nobody is asked who has nothing to choose.
  if (work && !existing && !choice.isExplicit && caresForWhom(ctx)) {
    work.note = { grant: id, account, client: client.clientId, organisation }
  }
  return grant
}

function asksResources(ctx: KoaContextWithOIDC): boolean {
  return Object.keys(ctx.oidc.resourceServers ?? {}).length > 0
}
