import { allowFormAction } from '@myanm/chassis'
import type { Context } from 'koa'
import type { Provider } from 'oidc-provider'
import { isOneOfOurSites } from '#clients'
import type { Engine } from '#oidc'
import { keepAskingSite } from './asking-site.ts'
import { overProblem } from './over.ts'
import { pathOf, type Screen, screenFor } from './rules.ts'

type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>

/** The site that asks, as its strip shows it. */
export interface AskingSite {
  readonly clientId: string
  readonly name: string
  /** Null for a site the look has no mark for. */
  readonly key: string | null
  readonly homeUri: string | null
}

export interface Journey {
  readonly uid: string
  readonly interaction: Interaction
  readonly site: AskingSite
}

/**
 * The journey this browser is on. Bound to it by the engine's cookie: the address alone opens nothing
 * (yardsticks F28).
 * @throws Problem `sign-in-expired` when it has ended or belongs to another browser, or
 *   `signed-in-already` when its person is in: another tab was first, or they came back
 */
export async function journeyOf(ctx: Context, engine: Engine, uid: string): Promise<Journey> {
  const provider = engine.provider()
  const interaction = await provider
    .interactionDetails(ctx.req, ctx.res)
    .catch(async (error: Error) => {
      // The engine has one error for all of it; a database that is away is not that error.
      throw error.name === 'SessionNotFound'
        ? await overProblem(ctx, engine, { cause: error })
        : error
    })
  if (interaction.uid !== uid) throw await overProblem(ctx, engine)
  const clientId = String(interaction.params['client_id'])
  const client = await provider.Client.find(clientId)
  if (!client) throw await overProblem(ctx, engine)
  keepAskingSite(ctx, clientId)
  const redirect = URL.parse(String(interaction.params['redirect_uri']))
  if (redirect) allowFormAction(ctx, redirect.origin)
  return {
    uid,
    interaction,
    site: {
      clientId,
      name: client.clientName ?? clientId,
      key: isOneOfOurSites(clientId) ? clientId : null,
      homeUri: (client['homeUri'] as string | undefined) ?? null,
    },
  }
}

/**
 * Lets the forms of a page beside a journey end where it ends: at the site, by way of our own pages.
 * Browsers hold every redirect of a form to the policy of its page.
 */
export async function letFormsEndAtSite(ctx: Context, engine: Engine, uid: string): Promise<void> {
  const interaction = await engine.provider().Interaction.find(uid)
  const redirect = URL.parse(String(interaction?.params['redirect_uri']))
  if (redirect) allowFormAction(ctx, redirect.origin)
}

/** Whether this screen is the one that is due; otherwise the person is sent to the one that is. */
export function isDue(ctx: Context, journey: Journey, screen: Screen): boolean {
  const due = screenFor(journey.interaction.prompt.name)
  if (due === screen) return true
  ctx.status = 303
  ctx.redirect(pathOf(due, journey.uid))
  return false
}

/**
 * Answers the engine and sends the person on their way: 303, never 307 (RFC 9700 4.12). The journey was
 * read with this request; reading it again, as the engine would, is a round trip for nothing.
 */
export async function finish(
  ctx: Context,
  { interaction }: Journey,
  result: Readonly<Record<string, unknown>>,
): Promise<void> {
  // What was answered before on this journey still holds, unless it ends here.
  interaction.result =
    'error' in result ? { ...result } : { ...interaction.lastSubmission, ...result }
  await interaction.persist()
  ctx.status = 303
  ctx.redirect(interaction.returnTo)
}
