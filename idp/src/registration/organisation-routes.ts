import type Router from '@koa/router'
import { readForm } from '@myanm/chassis'
import { transact } from '@myanm/database'
import type { Context } from 'koa'
import { findAccount } from '#accounts'
import { askToJoin } from '#join-requests'
import { isDue, type Journey, journeyOf } from '#journeys'
import { findAtNumber } from '#organisations'
import { pageAtSite } from '#rules/oidc'
import { enter } from './enter.ts'
import { registerDraft } from './finish-draft.ts'
import type { RegistrationNeeds } from './needs.ts'
import {
  type Draft,
  type DraftOwner,
  findDraft,
  removeDraft,
  sendDraft,
  tellDraft,
} from './organisation-draft-store.ts'
import { joinForm, numberForm, readNumber } from './organisation-number.ts'
import {
  checkPage,
  dataPage,
  MISTAKES,
  numberPage,
  proposed,
  typedOf,
} from './organisation-pages.ts'
import { confirmedOf, keepConfirmed, keepNumber, numberOf, registrationOf } from './progress.ts'
import { pathsOf } from './rules.ts'
import { seeOther, show } from './show.ts'
import { toldIn } from './told-of-organisation.ts'

/** « Pour un organisme »: its number first, then the person, then the organisation (4.2.3, D13). */
export function organisationRoutes(router: Router, needs: RegistrationNeeds): void {
  const { engine, db } = needs

  router.get('/connexion/:uid/inscription/organisme', async (ctx) => {
    const journey = await journeyOf(ctx, engine, ctx.params['uid'] ?? '')
    if (!isDue(ctx, journey, 'identifier')) return
    const typed = { numero_bce: numberOf(journey) ?? '' }
    showStep(ctx, journey, numberPage({ typed, errors: {}, numbered: null }))
  })

  router.post('/connexion/:uid/inscription/organisme', async (ctx) => {
    const journey = await journeyOf(ctx, engine, ctx.params['uid'] ?? '')
    if (!isDue(ctx, journey, 'identifier')) return
    const form = await readForm(ctx, numberForm)
    const { typed } = form
    if (!form.ok) {
      ctx.status = 422
      return showStep(ctx, journey, numberPage({ typed, errors: form.errors, numbered: null }))
    }
    const numbered = await readNumber(db, form.values.numero_bce, 'fr')
    const mistake = MISTAKES[numbered.is]
    if (mistake) {
      ctx.status = 422
      const errors = { numero_bce: mistake }
      return showStep(ctx, journey, numberPage({ typed, errors, numbered }))
    }
    if ('bce' in numbered) await keepNumber(journey, numbered.bce)
    if (numbered.is === 'known') {
      ctx.status = 409
      return showStep(ctx, journey, numberPage({ typed, errors: {}, numbered }))
    }
    seeOther(ctx, pathsOf(journey.uid).form('organisme'))
  })

  /** The journey and the organisation on it; undefined once the visitor was sent elsewhere. */
  async function draftHere(ctx: Context) {
    const { uid } = ctx['params'] as { uid?: string }
    const journey = await journeyOf(ctx, engine, uid ?? '')
    if (!isDue(ctx, journey, 'identifier')) return undefined
    const now = new Date()
    const registration = registrationOf(journey)
    const account = confirmedOf(journey, now)
    const waiting = registration ? await findDraft(db, { registration }) : undefined
    if (registration && waiting) {
      const owner: DraftOwner = { registration }
      return { journey, owner, draft: waiting }
    }
    const own = account ? await findDraft(db, { account }) : undefined
    if (account && own) {
      // Filling a form in takes longer than going on to the site does.
      await keepConfirmed(engine, journey.uid, { account, now })
      const owner: DraftOwner = { account }
      return { journey, owner, draft: own }
    }
    seeOther(ctx, pathsOf(journey.uid).waiting)
    return undefined
  }

  router.get('/connexion/:uid/inscription/organisme/donnees', async (ctx) => {
    const here = await draftHere(ctx)
    if (!here) return
    const entry = await entryOf(needs, here.draft)
    const typed = here.draft.told ? typedOf(here.draft.told) : proposed(entry)
    const { bce } = here.draft
    showStep(ctx, here.journey, dataPage({ bce, entry, typed, errors: {} }))
  })

  router.post('/connexion/:uid/inscription/organisme/donnees', async (ctx) => {
    const here = await draftHere(ctx)
    if (!here) return
    const { journey, owner, draft } = here
    const read = await toldIn(ctx)
    if (!read.ok) {
      ctx.status = 422
      const entry = await entryOf(needs, draft)
      return showStep(ctx, journey, dataPage({ ...read, bce: draft.bce, entry }))
    }
    await tellDraft(db, owner, read.told)
    seeOther(ctx, pathsOf(journey.uid).organisation.check)
  })

  router.get('/connexion/:uid/inscription/organisme/verification', async (ctx) => {
    const here = await draftHere(ctx)
    if (!here) return
    const { journey, draft } = here
    const { told } = draft
    if (!told) return seeOther(ctx, pathsOf(journey.uid).organisation.data)
    showStep(ctx, journey, {
      ...checkPage({ ...draft, told }, await entryOf(needs, draft)),
      waitsForMail: 'registration' in here.owner,
    })
  })

  router.post('/connexion/:uid/inscription/organisme/verification', async (ctx) => {
    const here = await draftHere(ctx)
    if (!here) return
    const { journey, owner, draft } = here
    const paths = pathsOf(journey.uid)
    if (!draft.told) return seeOther(ctx, paths.organisation.data)
    if ('registration' in owner) {
      await sendDraft(db, owner)
      return seeOther(ctx, paths.waiting)
    }
    const { account } = owner
    const known = await findAccount(db, account)
    if (known?.state !== 'active') return seeOther(ctx, paths.waiting)
    const made = await transact(db, (tx) => registerDraft(tx, account))
    // Somebody else was first: the way to join them comes next.
    if (made === null) return seeOther(ctx, paths.end)
    await enter(ctx, needs, { journey, account })
  })

  router.get('/connexion/:uid/inscription/organisme/rejoindre', async (ctx) => {
    const here = await draftHere(ctx)
    if (!here) return
    await showJoin(ctx, { typed: {}, errors: {} }, here)
  })

  router.post('/connexion/:uid/inscription/organisme/rejoindre', async (ctx) => {
    const here = await draftHere(ctx)
    if (!here) return
    const { journey, owner, draft } = here
    const form = await readForm(ctx, joinForm)
    if (!form.ok) {
      ctx.status = 422
      return showJoin(ctx, form, here)
    }
    const at = await findAtNumber(db, draft.bce)
    if (!at || !('account' in owner)) return seeOther(ctx, pathsOf(journey.uid).end)
    const { organisation: addressee, isMerged } = at
    // Merged since the page was made: nothing goes to another organisation than the one it named.
    if (isMerged && form.values.organisme !== addressee.id) {
      ctx.status = 409
      return showJoin(ctx, form, here)
    }
    // Asked already, or of the team by now: they go on all the same, and find it in their account.
    await askToJoin(needs, {
      account: owner.account,
      addressee: { id: addressee.id, bce: addressee.bce, name: addressee.name },
      function: form.values.fonction,
      message: form.values.message,
      role: null,
      client: journey.site.clientId,
      page: pageAtSite(journey.interaction.params['page']),
    })
    await removeDraft(db, owner)
    await enter(ctx, needs, { journey, account: owner.account })
  })

  async function showJoin(
    ctx: Context,
    form: object,
    { journey, owner, draft }: { journey: Journey; owner: DraftOwner; draft: Draft },
  ): Promise<void> {
    const at = await findAtNumber(db, draft.bce)
    if (!at || !('account' in owner)) return seeOther(ctx, pathsOf(journey.uid).end)
    const isFirst = draft.told === null
    showStep(ctx, journey, {
      page: 'organisation-join',
      form,
      organisation: at.organisation,
      because: at.isMerged ? 'merged' : isFirst ? 'known' : 'somebody-else',
    })
  }
}

/** What the register says of the number, in the language of these pages. */
async function entryOf({ db }: RegistrationNeeds, { bce }: Draft) {
  const numbered = await readNumber(db, bce, 'fr')
  return numbered.is === 'new' ? numbered.entry : null
}

function showStep(
  ctx: Context,
  journey: Journey,
  page: { readonly page: string } & Readonly<Record<string, unknown>>,
): void {
  const { organisation, waiting, end } = pathsOf(journey.uid)
  show(ctx, journey, {
    ...page,
    frame: 'journeys/pages/journey.njk',
    steps: { ...organisation, person: pathsOf(journey.uid).form('organisme') },
    later: { waiting, end },
  })
}
