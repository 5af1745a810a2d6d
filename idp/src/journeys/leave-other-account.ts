import type { Context } from 'koa'
import type { KoaContextWithOIDC } from 'oidc-provider'
import { endSession, inOneWork } from '#oidc'
import type { Journey } from './journey.ts'
import type { JourneyNeeds } from './needs.ts'

/**
 * Somebody else is signed in here, perhaps since this journey began (another tab): that session ends,
 * everywhere, before the new one begins. Without this the engine would have the person sign out first,
 * on a page of its own that our policy does not let through.
 */
export async function leaveOtherAccount(
  ctx: Context,
  needs: JourneyNeeds,
  { journey, account }: { journey: Journey; account: string },
): Promise<void> {
  const { interaction } = journey
  const provider = needs.engine.provider()
  const begunIn = interaction.session?.uid
  let isElsewhere = false
  await inOneWork(needs, { client: undefined, organisation: undefined }, async () => {
    const session = await provider.Session.get(ctx as never)
    isElsewhere = session.uid !== begunIn
    if (!session.accountId || session.accountId === account) return
    isElsewhere = true
    await endSession({ oidc: { provider } } as unknown as KoaContextWithOIDC, session)
    ctx.cookies.set(provider.cookieName('session'), null, { path: '/' })
  })
  // The engine holds a journey to the session it began in; the password has just been given anew.
  if (!isElsewhere || begunIn === undefined) return
  delete interaction.session
  await interaction.persist()
}
