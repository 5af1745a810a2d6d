import type Router from '@koa/router'
import { readForm, render } from '@myanm/chassis'
import { transact } from '@myanm/database'
import type { Context } from 'koa'
import { organisationPage, requireMember } from '#memberships'
import { findDestination } from '#oidc'
import { pageAtSite, wayInto } from '#rules/oidc'
import { bannerOf, keepNotice, requirePerson, takeNotice, type Visit } from '#visits'
import { registerDraft } from './finish-draft.ts'
import type { RegistrationNeeds } from './needs.ts'
import { beginDraft, type Draft, findDraft, tellDraft } from './organisation-draft-store.ts'
import { numberForm, readNumber } from './organisation-number.ts'
import {
  checkPage,
  dataPage,
  MISTAKES,
  numberPage,
  proposed,
  typedOf,
} from './organisation-pages.ts'
import { OWN_PATHS } from './rules.ts'
import { seeOther } from './show.ts'
import { toldIn } from './told-of-organisation.ts'

/** Somebody who has an account registers an organisation and is its GESTIONNAIRE (4.2.3, D13). */
export function ownOrganisationRoutes(router: Router, needs: RegistrationNeeds): void {
  const { db, engine } = needs

  router.get('/organismes/inscrire', async (ctx) => {
    const visit = await requirePerson(ctx, needs)
    if (!visit) return
    const draft = await findDraft(db, visit)
    const given = ctx.query['numero']
    // Begun from one page and gone on with from another: they end where they came from last.
    const from = cameFrom(ctx) ?? { site: draft?.client_id ?? '', page: draft?.return_path ?? '' }
    const typed = {
      numero_bce: typeof given === 'string' ? given.slice(0, 64) : (draft?.bce ?? ''),
      ...from,
    }
    // Who was led back here by somebody faster is told so at once.
    const numbered = draft?.told ? await readNumber(db, draft.bce, languageOf(visit)) : null
    const isTaken = numbered?.is === 'known' && given === undefined
    showStep(ctx, visit, numberPage({ typed, errors: {}, numbered: isTaken ? numbered : null }))
  })

  router.post('/organismes/inscrire', async (ctx) => {
    const visit = await requirePerson(ctx, needs)
    if (!visit) return
    const form = await readForm(ctx, numberForm)
    const { typed } = form
    if (!form.ok) {
      ctx.status = 422
      return showStep(ctx, visit, numberPage({ typed, errors: form.errors, numbered: null }))
    }
    const numbered = await readNumber(db, form.values.numero_bce, languageOf(visit))
    const mistake = MISTAKES[numbered.is]
    if (mistake || numbered.is !== 'new') {
      ctx.status = numbered.is === 'known' ? 409 : 422
      const errors: Readonly<Record<string, string>> = mistake ? { numero_bce: mistake } : {}
      return showStep(ctx, visit, numberPage({ typed, errors, numbered }))
    }
    const from = await findDestination(engine, form.values.site)
    const page = from && pageAtSite(form.values.page)
    const begun = { bce: numbered.bce, client: from?.clientId ?? null, page }
    await beginDraft(db, { account: visit.account }, begun)
    seeOther(ctx, OWN_PATHS.data)
  })

  /** The person and what they are registering; undefined once they were sent elsewhere. */
  async function draftHere(ctx: Context) {
    const visit = await requirePerson(ctx, needs)
    if (!visit) return undefined
    const draft = await findDraft(db, visit)
    const numbered = draft && (await readNumber(db, draft.bce, languageOf(visit)))
    if (draft && numbered?.is === 'new') return { visit, draft, entry: numbered.entry }
    seeOther(ctx, OWN_PATHS.number)
    return undefined
  }

  router.get('/organismes/inscrire/donnees', async (ctx) => {
    const here = await draftHere(ctx)
    if (!here) return
    const { visit, draft, entry } = here
    const typed = draft.told ? typedOf(draft.told) : proposed(entry)
    showStep(ctx, visit, dataPage({ bce: draft.bce, entry, typed, errors: {} }))
  })

  router.post('/organismes/inscrire/donnees', async (ctx) => {
    const here = await draftHere(ctx)
    if (!here) return
    const { visit, draft, entry } = here
    const read = await toldIn(ctx)
    if (!read.ok) {
      ctx.status = 422
      return showStep(ctx, visit, dataPage({ ...read, bce: draft.bce, entry }))
    }
    await tellDraft(db, { account: visit.account }, read.told)
    seeOther(ctx, OWN_PATHS.check)
  })

  router.get('/organismes/inscrire/verification', async (ctx) => {
    const here = await draftHere(ctx)
    if (!here) return
    const { visit, draft, entry } = here
    const { told } = draft
    if (!told) return seeOther(ctx, OWN_PATHS.data)
    showStep(ctx, visit, { ...checkPage({ ...draft, told }, entry), waitsForMail: false })
  })

  router.post('/organismes/inscrire/verification', async (ctx) => {
    const here = await draftHere(ctx)
    if (!here) return
    const { visit, draft, entry } = here
    const { told } = draft
    if (!told) return seeOther(ctx, OWN_PATHS.data)
    if (!(await needs.limits.mayRegisterOrganisation(visit.account))) {
      ctx.status = 429
      return showStep(ctx, visit, {
        ...checkPage({ ...draft, told }, entry),
        waitsForMail: false,
        tooMany: true,
      })
    }
    const made = await transact(db, (tx) => registerDraft(tx, visit.account))
    // Somebody else was first: the same page says so, and leads to them.
    if (made === null) return seeOther(ctx, OWN_PATHS.number)
    keepNotice(ctx, 'registration.organisation.done')
    seeOther(ctx, `/organismes/${made}/inscrit${siteQuery(draft)}`)
  })

  router.get('/organismes/:organisme/inscrit', async (ctx) => {
    const member = await requireMember(ctx, needs, 'org.read')
    if (!member) return
    const from = cameFrom(ctx)
    const site = from && (await findDestination(engine, from.site))
    const to = { organisation: member.organisation.id, page: from && pageAtSite(from.page) }
    render(ctx, 'registration/pages/organisation-done.njk', {
      ...organisationPage(ctx, member, 'overview'),
      from: site?.name ?? null,
      wayOn: site && wayInto(site, to),
    })
  })
}

const languageOf = ({ standing }: Visit): string => standing.account.language

const siteQuery = ({ client_id: site, return_path: page }: Draft): string =>
  site === null ? '' : `?${new URLSearchParams({ site, ...(page !== null && { page }) })}`

/** The site somebody came from, and its page they wanted, as an address says it. */
function cameFrom(ctx: Context): { readonly site: string; readonly page: string } | null {
  const { site, page } = ctx.query
  if (typeof site !== 'string') return null
  return { site, page: typeof page === 'string' ? page : '' }
}

function showStep(
  ctx: Context,
  visit: Visit,
  page: { readonly page: string } & Readonly<Record<string, unknown>>,
): void {
  render(ctx, `registration/pages/${page.page}.njk`, {
    ...page,
    frame: 'registration/pages/own-step.njk',
    banner: bannerOf(visit),
    notice: takeNotice(ctx),
    steps: OWN_PATHS,
    later: null,
  })
}
