import type Router from '@koa/router'
import { readForm, render, type Typed } from '@myanm/chassis'
import type { Context } from 'koa'
import { findDestination } from '#oidc'
import { pageAtSite } from '#rules/oidc'
import { accountPage, requirePerson, type Visit } from '#visits'
import { type Asked, askToJoin } from './ask.ts'
import { findAddressee, type Sought, seekOrganisation } from './find-addressee.ts'
import { askForm } from './forms.ts'
import type { JoinRequestNeeds } from './needs.ts'
import type { Addressee } from './store.ts'

const PATH = '/organismes/rejoindre'

/** « Rejoindre un organisme »: its number or its name, then who one is there and why (4.2.4). */
export function askRoutes(router: Router, needs: JoinRequestNeeds): void {
  const { db, engine } = needs

  router.get(PATH, async (ctx) => {
    const visit = await requirePerson(ctx, needs)
    if (!visit) return
    const typed = textOf(ctx.query['numero'])
    const exact = textOf(ctx.query['nom'])
    const from = { site: textOf(ctx.query['site']) ?? '', page: textOf(ctx.query['page']) ?? '' }
    if (typed === null && exact === null) return show(ctx, visit, { typed: from })
    const sought = await (exact !== null
      ? findAddressee(db, exact)
      : seekOrganisation(db, {
          typed: typed ?? '',
          after: textOf(ctx.query['apres']),
          language: visit.standing.account.language,
        }))
    show(ctx, visit, { typed: { ...from, numero: typed ?? exact ?? '' }, sought })
  })

  router.post(PATH, async (ctx) => {
    const visit = await requirePerson(ctx, needs)
    if (!visit) return
    const form = await readForm(ctx, askForm)
    const { typed } = form
    const sought = await findAddressee(db, String(typed['numero'] ?? ''))
    // Merged since the page was made: nothing goes to another organisation than the one it named.
    if (!form.ok || sought.is !== 'found' || sought.isMerged) {
      return show(ctx, visit, { typed, sought, errors: form.ok ? {} : form.errors })
    }
    const { fonction, message, site, page } = form.values
    const from = await findDestination(engine, site)
    const asked = await askToJoin(needs, {
      account: visit.account,
      function: fonction,
      message,
      addressee: sought.addressee,
      role: null,
      client: from?.clientId ?? null,
      page: from && pageAtSite(page),
    })
    if (asked.is !== 'asked') return show(ctx, visit, { typed, sought, refused: asked })
    ctx.status = 303
    ctx.redirect(`/compte/demandes/${asked.request}`)
  })
}

/** What is wrong with what was typed as a number or a name. */
export const MISTAKES = {
  'no-number': 'join-requests.number.invalid',
  nobody: 'join-requests.number.nobody',
} as const

function show(
  ctx: Context,
  visit: Visit,
  shown: {
    readonly typed: Typed
    readonly sought?: Sought
    readonly errors?: Readonly<Record<string, string>>
    readonly refused?: Exclude<Asked, { is: 'asked' }>
  },
): void {
  const { typed, sought, refused } = shown
  const isMistaken = sought?.is === 'no-number' || sought?.is === 'nobody'
  const errors = { ...shown.errors, ...(isMistaken && { numero: MISTAKES[sought.is] }) }
  const isMerged = sought?.is === 'found' && sought.isMerged
  if (Object.keys(errors).length > 0) ctx.status = 422
  else if (refused || (isMerged && ctx.method === 'POST')) ctx.status = 409
  const addressee: Addressee | null = sought?.is === 'found' ? sought.addressee : null
  render(ctx, 'join-requests/pages/ask.njk', {
    ...accountPage(ctx, visit, 'organisations'),
    form: { typed, errors },
    from: typed['site'] ? { site: typed['site'], page: typed['page'] ?? '' } : {},
    addressee,
    isMerged,
    named: sought?.is === 'named' ? sought.named : null,
    refused: refused ?? null,
  })
}

const LONGEST = 2000

function textOf(value: string | string[] | undefined): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.slice(0, LONGEST) : null
}
