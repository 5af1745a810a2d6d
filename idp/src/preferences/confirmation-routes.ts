import type Router from '@koa/router'
import { render } from '@myanm/chassis'
import type { Context } from 'koa'
import { type Looked, lookAtProof } from '#proofs'
import { bannerOf, whoIsHere } from '#visits'
import type { PreferenceNeeds } from './routes.ts'
import { subscriptionOf } from './rules.ts'
import { confirmNewsletter } from './settle-newsletter.ts'
import { SITE_NAMES } from './site-names.ts'
import { findNewsletter, lastConsents, type Newsletter } from './store.ts'

/**
 * The link of ML28, without signing in: whoever reads the mailbox may say yes. Looking at it changes
 * nothing, with whatever script (ahead 7); only the button does. Pressed twice, it says the same twice.
 */
export function confirmationRoutes(router: Router, needs: PreferenceNeeds): void {
  router.get('/newsletter/:jeton', async (ctx) => {
    const { looked, newsletter, isOn } = await lookAt(ctx, needs)
    if (!newsletter) return show(ctx, needs, { outcome: 'dead' })
    const outcome = isOn ? 'confirmed' : looked.works ? 'asked' : 'dead'
    await show(ctx, needs, { outcome, newsletter })
  })

  router.post('/newsletter/:jeton', async (ctx) => {
    const { looked } = await lookAt(ctx, needs)
    if (looked.works) await confirmNewsletter(needs.db, { proof: looked.proof.id, how: 'link' })
    ctx.status = 303
    ctx.redirect(ctx.path)
  })
}

async function lookAt(
  ctx: Context,
  needs: PreferenceNeeds,
): Promise<{
  readonly looked: Looked
  readonly newsletter: Newsletter | null
  /** Confirmed by this very link. */
  readonly isOn: boolean
}> {
  const now = new Date()
  const { jeton: token = '' } = ctx['params'] as { jeton?: string }
  const looked = await lookAtProof(needs, { token, purposes: ['newsletter'], now })
  const { proof } = looked
  if (!proof) return { looked, newsletter: null, isOn: false }
  const [newsletter, last] = await Promise.all([
    findNewsletter(needs.db, proof.subject),
    lastConsents(needs.db, proof.account_id),
  ])
  const standing = subscriptionOf(last.get(proof.subject) ?? null, now)
  return { looked, newsletter, isOn: proof.used_at !== null && standing === 'on' }
}

async function show(
  ctx: Context,
  needs: PreferenceNeeds,
  shown: {
    readonly outcome: 'asked' | 'confirmed' | 'dead'
    readonly newsletter?: Newsletter
  },
): Promise<void> {
  const { outcome, newsletter } = shown
  ctx.status = outcome === 'dead' ? 410 : 200
  render(ctx, 'preferences/pages/confirmation.njk', {
    banner: bannerOf(await whoIsHere(ctx, needs)),
    outcome,
    newsletter,
    from: newsletter && SITE_NAMES[newsletter.site],
    action: ctx.path,
  })
}
