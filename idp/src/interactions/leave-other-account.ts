import type { Context } from 'koa'
import type { KoaContextWithOIDC } from 'oidc-provider'
import { endSession, inOneWork } from '#oidc'
import type { Journey } from './journey.ts'
import type { InteractionNeeds } from './needs.ts'

/**
 * Somebody else was signed in here: that session ends, everywhere, before the new one begins. Without
 * this the engine would ask the person to press a button on a page of its own.
 */
export async function leaveOtherAccount(
  ctx: Context,
  needs: InteractionNeeds,
  { journey, account }: { journey: Journey; account: string },
): Promise<void> {
  const { interaction } = journey
  const other = interaction.session?.accountId
  if (!other || other === account) return
  const provider = needs.engine.provider()
  await inOneWork(needs, { client: undefined, organisation: undefined }, async () => {
    const session = await provider.Session.get(ctx as never)
    await endSession({ oidc: { provider } } as unknown as KoaContextWithOIDC, session)
  })
  ctx.cookies.set(provider.cookieName('session'), null, { path: '/' })
  delete interaction.session
  await interaction.persist()
}
