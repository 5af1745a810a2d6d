import type Router from '@koa/router'
import { readForm, render } from '@myanm/chassis'
import { transact } from '@myanm/database'
import type { Context } from 'koa'
import { isOneOfOurSites } from '#clients'
import { organisationPage, requireMember } from '#memberships'
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
    const typed = {
      numero_bce: typeof given === 'string' ? given.slice(0, 64) : (draft?.bce ?? ''),
      site: siteIn(ctx) ?? draft?.client_id ?? '',
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
    const site = form.values.site
    const client = isOneOfOurSites(site) ? site : null
    await beginDraft(db, { account: visit.account }, { bce: numbered.bce, client })
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
    const site = siteIn(ctx)
    const client = site ? await engine.provider().Client.find(site) : undefined
    const homeUri = client?.['homeUri'] as string | undefined
    const wayOn = homeUri ? new URL('/connexion', homeUri) : null
    wayOn?.searchParams.set('organisation', member.organisation.id)
    render(ctx, 'registration/pages/organisation-done.njk', {
      ...organisationPage(ctx, member, 'overview'),
      from: client?.clientName ?? null,
      wayOn: wayOn?.href ?? null,
    })
  })
}

const languageOf = ({ standing }: Visit): string => standing.account.language

const siteQuery = ({ client_id: client }: Draft): string =>
  client === null ? '' : `?${new URLSearchParams({ site: client })}`

/** The site somebody came from, by name: never an address, which anybody could make up (F31). */
function siteIn(ctx: Context): string | null {
  const { site } = ctx.query
  return typeof site === 'string' && isOneOfOurSites(site) ? site : null
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
