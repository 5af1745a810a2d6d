import type Router from '@koa/router'
import { render } from '@myanm/chassis'
import type { Context } from 'koa'
import { STOP_PATH } from '#mail'
import { bannerOf, whoIsHere } from '#visits'
import type { PreferenceNeeds } from './routes.ts'
import { subscriptionOf } from './rules.ts'
import { endNewsletter } from './settle-newsletter.ts'
import { SITE_NAMES } from './site-names.ts'
import { findNewsletter, lastConsents } from './store.ts'

/** Tells the button of our page, which is led on to a page, from that of a mail program. */
const BY_HAND = 'ici'

/**
 * Ends a newsletter without signing in. A GET, which programs do by themselves, shows a button; a POST
 * ends, be it of that button or of a mail program (RFC 8058: no cookie, no redirect). The link itself is
 * the proof, sealed by us: no token of a form is asked for.
 */
export function stopRoutes(router: Router, needs: PreferenceNeeds): void {
  router.get(STOP_PATH, async (ctx) => {
    const subscription = needs.stopLinks.read(tokenOf(ctx))
    const newsletter = subscription && (await findNewsletter(needs.db, subscription.newsletter))
    if (!subscription || !newsletter) return show(ctx, needs, { outcome: 'dead' })
    const last = await lastConsents(needs.db, subscription.account)
    const standing = subscriptionOf(last.get(newsletter.key) ?? null, new Date())
    await show(ctx, needs, {
      outcome: standing === 'off' ? 'ended' : 'asked',
      title: newsletter.title,
      from: SITE_NAMES[newsletter.site],
    })
  })

  router.post(STOP_PATH, async (ctx) => {
    const subscription = needs.stopLinks.read(tokenOf(ctx))
    const isByHand = ctx.query['par'] === BY_HAND
    if (subscription) {
      const how = isByHand ? 'stop-link' : 'one-click'
      await endNewsletter(needs.db, { ...subscription, how })
    }
    if (isByHand) {
      ctx.status = 303
      return ctx.redirect(ctx.path)
    }
    await show(ctx, needs, { outcome: subscription ? 'ended' : 'dead' })
  })
}

const tokenOf = (ctx: Context): string => (ctx['params'] as { jeton?: string }).jeton ?? ''

async function show(
  ctx: Context,
  needs: PreferenceNeeds,
  shown: {
    readonly outcome: 'asked' | 'ended' | 'dead'
    readonly title?: string
    readonly from?: string | undefined
  },
): Promise<void> {
  ctx.status = shown.outcome === 'dead' ? 410 : 200
  render(ctx, 'preferences/pages/stop.njk', {
    banner: bannerOf(await whoIsHere(ctx, needs)),
    action: `${ctx.path}?par=${BY_HAND}`,
    title: undefined,
    ...shown,
  })
}
