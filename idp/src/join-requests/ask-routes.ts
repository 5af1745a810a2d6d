import type Router from '@koa/router'
import { readForm, render, type Typed } from '@myanm/chassis'
import type { Context } from 'koa'
import { accountPage, requirePerson, type Visit } from '#visits'
import { type Asked, askToJoin } from './ask.ts'
import { findAddressee } from './find-addressee.ts'
import { joinForm } from './forms.ts'
import type { JoinRequestNeeds } from './needs.ts'
import type { Addressee } from './store.ts'

/** « Rejoindre un organisme »: its number, then who one is there and why (4.2.4). */
export function askRoutes(router: Router, needs: JoinRequestNeeds): void {
  const { db } = needs

  router.get('/organismes/rejoindre', async (ctx) => {
    const visit = await requirePerson(ctx, needs)
    if (!visit) return
    const typed = textOf(ctx.query['numero'])
    if (typed === null) return show(ctx, visit, { typed: {}, errors: {}, addressee: null })
    const found = await findAddressee(db, typed)
    if (found.is !== 'found') {
      const errors = { numero: WORDS[found.is] }
      return show(ctx, visit, { typed: { numero: typed }, errors, addressee: null })
    }
    const { addressee } = found
    show(ctx, visit, { typed: {}, errors: {}, addressee })
  })

  router.post('/organismes/rejoindre', async (ctx) => {
    const visit = await requirePerson(ctx, needs)
    if (!visit) return
    const form = await readForm(ctx, joinForm)
    const found = await findAddressee(db, String(form.typed['numero'] ?? ''))
    const addressee = found.is === 'found' ? found.addressee : null
    if (!form.ok || !addressee) {
      const errors = form.ok ? { numero: found.is === 'found' ? '' : WORDS[found.is] } : form.errors
      return show(ctx, visit, { typed: form.typed, errors, addressee })
    }
    const asked = await askToJoin(needs, {
      account: visit.account,
      function: form.values.fonction,
      message: form.values.message,
      addressee,
      role: null,
      client: null,
      page: null,
    })
    if (asked.is !== 'asked') {
      return show(ctx, visit, { typed: form.typed, errors: {}, addressee, refused: asked })
    }
    ctx.status = 303
    ctx.redirect(`/compte/demandes/${asked.request}`)
  })
}

const WORDS = {
  'no-number': 'join-requests.number.invalid',
  nobody: 'join-requests.number.nobody',
} as const

function show(
  ctx: Context,
  visit: Visit,
  shown: {
    readonly typed: Typed
    readonly errors: Readonly<Record<string, string>>
    readonly addressee: Addressee | null
    readonly refused?: Exclude<Asked, { is: 'asked' }>
  },
): void {
  const { typed, errors, addressee, refused } = shown
  if (Object.keys(errors).length > 0) ctx.status = 422
  else if (refused) ctx.status = 409
  render(ctx, 'join-requests/pages/ask.njk', {
    ...accountPage(ctx, visit, 'organisations'),
    form: { typed, errors },
    addressee,
    refused: refused ?? null,
  })
}

function textOf(value: string | string[] | undefined): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value : null
}
