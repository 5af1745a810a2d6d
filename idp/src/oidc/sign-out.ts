import type { KoaContextWithOIDC, Provider } from 'oidc-provider'
import { record } from '#journal'
import { currentWork } from './unit-of-work.ts'

type Session = InstanceType<Provider['Session']>

/**
 * Ends a session everywhere: every site that knows it is told, its tokens end with it, its cookie goes.
 * Written with the answer, in one transaction.
 */
export async function endSession(ctx: KoaContextWithOIDC, session: Session): Promise<void> {
  const { provider } = ctx.oidc
  const account = session.accountId
  for (const client of Object.keys(session.authorizations ?? {})) {
    const known = await provider.Client.find(client)
    // One that was left has been told already, and knows no other name of this session.
    const sid = session.grantIdFor(client) && session.sidFor(client)
    if (account && sid && known?.['backchannelLogoutUri']) {
      await tellSite(known, account, sid)
    }
  }
  noteEnd(session)
  await session.destroy()
}

/** What ends with a session in our own tables, and the trace that stays. */
export function noteEnd({ uid, accountId }: Pick<Session, 'uid' | 'accountId'>): void {
  currentWork()?.deeds.push(async (tx) => {
    await tx.deleteFrom('acting_context').where('session_uid', '=', uid).execute()
    await record(tx, { event: 'signed-out', account: accountId })
  })
}

/** `Client.prototype.backchannelLogout` queues; see `provider.ts`. */
function tellSite(client: object, account: string, sid: string): Promise<void> {
  return (
    client as { backchannelLogout(account: string, sid: string): Promise<void> }
  ).backchannelLogout(account, sid)
}

/**
 * Whether the request itself proves that the person asks: an id_token of this very session, which only
 * the site they are signed in to has (ASVS 10.6.2). Anything less is answered by a question.
 */
export function isProven(ctx: KoaContextWithOIDC): boolean {
  const { session, client, entities } = ctx.oidc
  const hint = entities.IdTokenHint?.payload
  return (
    session?.accountId !== undefined &&
    client !== undefined &&
    hint?.['sid'] !== undefined &&
    hint['sid'] === session.sidFor(client.clientId)
  )
}
