import { createHash, randomBytes } from 'node:crypto'
import Router from '@koa/router'
import { render } from '@myanm/chassis'
import type { Context } from 'koa'
import { type Standing, standingOf } from '#accounts'
import { listSites, OWN_CLIENT, RETURN_PATH } from '#clients'
import { listChoices } from '#organisations'
import { displayName } from '#rules/accounts'
import type { Needs } from '../services.ts'
import { concerns } from './rules.ts'

type HomeNeeds = Needs<'config' | 'db' | 'engine'>

/** MyANM's own pages: the sites of the house, and what my account is (M3, M11). */
export function homeRoutes(needs: HomeNeeds): Router {
  const { db } = needs
  const router = new Router()

  router.get('/', async (ctx) => {
    const standing = await whoIsHere(ctx, needs)
    const sites = await listSites(db)
    render(ctx, 'home/pages/home.njk', {
      banner: bannerOf(standing),
      sites: sites.filter((site) => concerns(site.client_id, standing)),
    })
  })

  router.get('/compte', async (ctx) => {
    const standing = await whoIsHere(ctx, needs)
    if (!standing) return goToSignIn(ctx, needs)
    const [sites, memberships] = await Promise.all([
      listSites(db),
      listChoices(db, standing.account.id),
    ])
    render(ctx, 'home/pages/account.njk', {
      banner: bannerOf(standing),
      person: { name: displayName(standing.account), email: standing.account.email },
      accountType: standing.account.type,
      memberships,
      sites: sites.filter((site) => concerns(site.client_id, standing)),
    })
  })

  // The session is there when the engine sends the person back; the code itself is of no use to us.
  router.get(RETURN_PATH, (ctx) => {
    ctx.status = 303
    ctx.redirect(ctx.query['error'] === undefined ? '/compte' : '/')
  })

  return router
}

/** The person whose session this browser has, as they are now; nobody when it has none. */
async function whoIsHere(ctx: Context, { engine, db }: HomeNeeds): Promise<Standing | null> {
  const session = await engine.provider().Session.get(ctx as never)
  const standing = session.accountId ? await standingOf(db, session.accountId, null) : null
  return standing?.account.state === 'active' ? standing : null
}

function bannerOf(standing: Standing | null): object {
  if (!standing) return { kind: 'anonymous', signInUrl: '/compte' }
  return {
    kind: 'person',
    name: displayName(standing.account),
    accountUrl: '/compte',
    signOutUrl: '/logout',
  }
}

/** Sends to sign-in with a challenge nobody knows the answer to: its code can never be redeemed. */
function goToSignIn(ctx: Context, { config }: HomeNeeds): void {
  const challenge = createHash('sha256').update(randomBytes(32)).digest('base64url')
  const request = new URLSearchParams({
    client_id: OWN_CLIENT,
    response_type: 'code',
    scope: 'openid',
    redirect_uri: new URL(RETURN_PATH, config.PUBLIC_URL).href,
    code_challenge: challenge,
    code_challenge_method: 'S256',
  })
  ctx.status = 303
  ctx.redirect(`/authorize?${request}`)
}
