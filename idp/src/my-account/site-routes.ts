import type Router from '@koa/router'
import { readForm, render } from '@myanm/chassis'
import { transact } from '@myanm/database'
import type { Context } from 'koa'
import { type Client, listClients, OWN_CLIENT } from '#clients'
import { type Consent, listConsents, TOLD_SCOPES } from '#consents'
import { type AccountSession, leaveSite, listSessions } from '#oidc'
import { accountPage, keepNotice, requirePerson } from '#visits'
import { siteForm } from './forms.ts'
import type { MyAccountNeeds } from './needs.ts'
import { stopSharing } from './stop-sharing.ts'

/** Sites that know the person: what each receives and why, and how to stop it (M16). */
export function siteRoutes(router: Router, needs: MyAccountNeeds): void {
  const { db } = needs

  router.get('/compte/sites', async (ctx) => {
    const visit = await requirePerson(ctx, needs)
    if (!visit) return
    const [clients, sessions, consents] = await Promise.all([
      listClients(db),
      listSessions(db, visit.account),
      listConsents(db, visit.account),
    ])
    const sites = clients
      .filter((client) => client.client_id !== OWN_CLIENT)
      .map((client) => sharingWith(client, { sessions, consents }))
      .filter((site) => site.browsers > 0 || site.sharedSince !== null)
    render(ctx, 'my-account/pages/sites.njk', { ...accountPage(ctx, visit, 'sites'), sites })
  })

  router.post('/compte/sites/deconnecter', async (ctx) => {
    const visit = await requirePerson(ctx, needs)
    if (!visit) return
    const client = await siteOf(ctx)
    if (client) {
      await transact(db, (tx) => leaveSite(tx, { account: visit.account, client }))
    }
    done(ctx, 'my-account.sites.left')
  })

  router.post('/compte/sites/retirer', async (ctx) => {
    const visit = await requirePerson(ctx, needs)
    if (!visit) return
    const client = await siteOf(ctx)
    if (client) await stopSharing(needs, { account: visit.account, client })
    done(ctx, 'my-account.sites.withdrawn')
  })
}

async function siteOf(ctx: Context): Promise<string | null> {
  const form = await readForm(ctx, siteForm)
  return form.ok ? form.values.site : null
}

function done(ctx: Context, notice: string): void {
  keepNotice(ctx, notice)
  ctx.status = 303
  ctx.redirect('/compte/sites')
}

/** What one site has of a person now. A site of the house receives what it is made for, unasked. */
function sharingWith(
  client: Client,
  known: { readonly sessions: readonly AccountSession[]; readonly consents: readonly Consent[] },
) {
  const { client_id: id, name, first_party: isOfTheHouse, home_uri: home } = client
  const consent = known.consents.find((one) => one.client === id)
  const received = new Set(isOfTheHouse ? client.scopes : consent?.scopes)
  return {
    id,
    name,
    home,
    isOfTheHouse,
    browsers: known.sessions.filter((session) => session.clients.includes(id)).length,
    sharedSince: consent?.grantedAt ?? null,
    received: TOLD_SCOPES.filter((scope) => received.has(scope)),
  }
}
