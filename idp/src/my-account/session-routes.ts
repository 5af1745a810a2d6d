import type Router from '@koa/router'
import { readForm, render } from '@myanm/chassis'
import { transact } from '@myanm/database'
import type { Context } from 'koa'
import { listClients, OWN_CLIENT } from '#clients'
import { listDevices } from '#devices'
import { endSessionsOf, listSessions, type Which } from '#oidc'
import { accountPage, keepNotice, requirePerson, type Visit } from '#visits'
import { sessionForm } from './forms.ts'
import type { MyAccountNeeds } from './needs.ts'

/** Every browser somebody is signed in with, and the ways to end each (ASVS 7.4.3, 7.5.2). */
export function sessionRoutes(router: Router, needs: MyAccountNeeds): void {
  const { db } = needs

  router.get('/compte/sessions', async (ctx) => {
    const visit = await requirePerson(ctx, needs)
    if (!visit) return
    const [sessions, devices, clients] = await Promise.all([
      listSessions(db, visit.account),
      listDevices(db, visit.account),
      listClients(db),
    ])
    const known = new Map(devices.map((device) => [device.session_uid, device]))
    const nameOf = new Map(clients.map((client) => [client.client_id, client.name]))
    const shown = sessions.map(({ clients: signedIn, ...session }) => ({
      ...session,
      browser: known.get(session.uid)?.browser ?? null,
      system: known.get(session.uid)?.system ?? null,
      network: known.get(session.uid)?.address_range ?? null,
      sites: signedIn.filter((client) => client !== OWN_CLIENT).map((id) => nameOf.get(id) ?? id),
      isHere: session.uid === visit.session.uid,
    }))
    render(ctx, 'my-account/pages/sessions.njk', {
      ...accountPage(ctx, visit, 'sessions'),
      here: shown.filter((session) => session.isHere),
      elsewhere: shown.filter((session) => !session.isHere),
    })
  })

  router.post('/compte/sessions/deconnecter', async (ctx) => {
    const visit = await requirePerson(ctx, needs)
    if (!visit) return
    await endOne(ctx, visit)
    goTo(ctx, '/compte/sessions')
  })

  router.post('/compte/sessions/deconnecter-les-autres', async (ctx) => {
    const visit = await requirePerson(ctx, needs)
    if (!visit) return
    await end(visit, { except: visit.session.uid })
    keepNotice(ctx, 'my-account.sessions.others-ended')
    goTo(ctx, '/compte/sessions')
  })

  router.post('/compte/sessions/pas-moi', async (ctx) => {
    const visit = await requirePerson(ctx, needs)
    if (!visit) return
    await endOne(ctx, visit)
    goTo(ctx, '/compte/sessions/proteger')
  })

  router.get('/compte/sessions/proteger', async (ctx) => {
    const visit = await requirePerson(ctx, needs)
    if (!visit) return
    render(ctx, 'my-account/pages/protect.njk', {
      ...accountPage(ctx, visit, 'sessions'),
      email: visit.standing.account.email,
    })
  })

  /** One of their own: the account is part of what is ended, so another person's is none of theirs. */
  async function endOne(ctx: Context, visit: Visit): Promise<void> {
    const form = await readForm(ctx, sessionForm)
    const uid = form.ok ? form.values.appareil : ''
    // This browser leaves by the front door, which asks first.
    const ended = uid === visit.session.uid ? 0 : await end(visit, { only: uid })
    keepNotice(ctx, ended > 0 ? 'my-account.sessions.ended' : 'my-account.sessions.ended-already')
  }

  const end = ({ account }: Visit, which: Which): Promise<number> =>
    transact(db, (tx) => endSessionsOf(tx, account, which))
}

function goTo(ctx: Context, path: string): void {
  ctx.status = 303
  ctx.redirect(path)
}
