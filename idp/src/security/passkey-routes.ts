import type Router from '@koa/router'
import { frameProblem, readForm, render, type Typed } from '@myanm/chassis'
import type { Context } from 'koa'
import {
  addPasskey,
  askToMakePasskey,
  dropPasskey,
  type Place,
  renamePasskey,
  secondFactorsOf,
} from '#authenticators'
import { displayName } from '#rules/accounts'
import { amrOf } from '#rules/authenticators'
import { browserOf } from '#rules/devices'
import { accountPage, keepNotice, requireRecentPerson, type Visit } from '#visits'
import { afterAdding } from './after-adding.ts'
import { newPasskeyForm, passkeyNameForm } from './forms.ts'
import type { SecurityNeeds } from './needs.ts'
import { goTo, wayOn } from './way-on.ts'

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/

/** Passkeys: add one, give it a name, take it away. */
export function passkeyRoutes(router: Router, needs: SecurityNeeds): void {
  const { db } = needs
  const placeOf = (visit: Visit): Place => `session:${visit.session.uid}`

  router.get('/compte/securite/cle', async (ctx) => {
    const visit = await requireRecentPerson(ctx, needs)
    if (!visit) return
    const { browser, system } = browserOf(ctx.get('user-agent'))
    const nom = [browser, system].filter(Boolean).join(' – ')
    await showNew(ctx, visit, { typed: { nom }, errors: {} })
  })

  router.post('/compte/securite/cle', async (ctx) => {
    const visit = await requireRecentPerson(ctx, needs)
    if (!visit) return
    const form = await readForm(ctx, newPasskeyForm)
    if (!form.ok) return showNew(ctx, visit, form)
    const outcome = await addPasskey(needs, {
      account: visit.account,
      place: placeOf(visit),
      answer: form.values.reponse,
      name: form.values.nom,
      now: new Date(),
    })
    if (!outcome.made) {
      const errors = { nom: `security.passkey.${outcome.because}` }
      return showNew(ctx, visit, { typed: form.typed, errors })
    }
    const amr = amrOf('passkey', outcome)
    await afterAdding(ctx, needs, { visit, amr, notice: 'security.passkey.added' })
  })

  router.get('/compte/securite/cle/:id', async (ctx) => {
    const visit = await requireRecentPerson(ctx, needs)
    if (!visit) return
    const passkey = await passkeyOf(ctx, visit)
    showOne(ctx, visit, { passkey, form: { typed: { nom: passkey.name }, errors: {} } })
  })

  router.post('/compte/securite/cle/:id', async (ctx) => {
    const visit = await requireRecentPerson(ctx, needs)
    if (!visit) return
    const passkey = await passkeyOf(ctx, visit)
    const form = await readForm(ctx, passkeyNameForm)
    if (!form.ok) {
      ctx.status = 422
      return showOne(ctx, visit, { passkey, form })
    }
    await renamePasskey(db, { account: visit.account, id: passkey.id, name: form.values.nom })
    keepNotice(ctx, 'security.passkey.renamed')
    goTo(ctx, '/compte/securite')
  })

  router.post('/compte/securite/cle/:id/retirer', async (ctx) => {
    const visit = await requireRecentPerson(ctx, needs)
    if (!visit) return
    const { id } = await passkeyOf(ctx, visit)
    await dropPasskey(needs, { account: visit.account, id })
    keepNotice(ctx, 'security.passkey.removed')
    goTo(ctx, '/compte/securite')
  })

  /** One of their own; another person's is not there. @throws Problem `not-found` */
  async function passkeyOf(ctx: Context, visit: Visit) {
    const id = String(ctx['params']?.['id'])
    const { passkeys } = await secondFactorsOf(db, visit.account)
    const found = UUID.test(id) && passkeys.find((passkey) => passkey.id === id)
    if (!found) {
      throw frameProblem('not-found', {
        ways: [{ key: 'security.back', href: '/compte/securite' }],
      })
    }
    return found
  }

  async function showNew(
    ctx: Context,
    visit: Visit,
    form: { typed: Typed; errors: Readonly<Record<string, string>> },
  ): Promise<void> {
    const { account } = visit.standing
    const options = await askToMakePasskey(needs, {
      place: placeOf(visit),
      account: visit.account,
      login: account.email ?? displayName(account),
      name: displayName(account),
      now: new Date(),
    })
    if (Object.keys(form.errors).length > 0) ctx.status = 422
    render(ctx, 'security/pages/new-passkey.njk', {
      ...accountPage(ctx, visit, 'security'),
      options: JSON.stringify(options),
      pathTo: wayOn(ctx, needs).pathTo,
      form,
    })
  }

  function showOne(ctx: Context, visit: Visit, shown: object): void {
    render(ctx, 'security/pages/passkey.njk', { ...accountPage(ctx, visit, 'security'), ...shown })
  }
}
