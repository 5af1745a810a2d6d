import type Router from '@koa/router'
import { readForm } from '@myanm/chassis'
import type { Context } from 'koa'
import { standingOf } from '#accounts'
import { acceptInvitation } from '#invitations'
import {
  type Asked,
  askToJoin,
  askToRaise,
  findAddressee,
  type Sought,
  seekOrganisation,
  withdrawRequest,
} from '#join-requests'
import { finish, isDue, type Journey, journeyOf } from '#journeys'
import { findOrganisation } from '#organisations'
import { roleToAskFor } from '#rules/join-requests'
import { wishToLead } from '#transfers'
import { keepNotice } from '#visits'
import { showWaysIn } from './cannot-yet-page.ts'
import { type Question, questionOf, roleNow } from './context-view.ts'
import { namedForm, type PlaceValues, placeForm, raiseForm } from './forms.ts'
import type { InteractionNeeds } from './needs.ts'
import { isEnough } from './rules.ts'

/**
 * What helps whoever cannot enter yet, done where they stand: accept what waits for them, ask for more,
 * ask to join (ahead 2). Afterwards they go on to where they wanted, or wait for the answer here.
 */
export function cannotYetRoutes(router: Router, needs: InteractionNeeds): void {
  const { engine, db } = needs

  const begin = async (ctx: Context & { params: Record<string, string> }) => {
    const journey = await journeyOf(ctx, engine, ctx.params['uid'] ?? '')
    return isDue(ctx, journey, 'context') ? { journey, question: questionOf(journey) } : null
  }

  router.post('/contexte/:uid/invitation', async (ctx) => {
    const begun = await begin(ctx)
    if (!begun) return
    const { journey, question } = begun
    const form = await readForm(ctx, namedForm)
    const accepted = form.ok
      ? await acceptInvitation(needs, {
          invitation: form.values.designe,
          account: question.account,
          proof: null,
          now: new Date(),
        })
      : null
    if (!accepted?.accepted) return backTo(ctx, journey)
    const { organisation } = accepted
    const role = await roleNow(db, question, organisation)
    if (role !== null && isEnough(question.need, role)) {
      return finish(ctx, journey, { contexte: { organisation } })
    }
    keepNotice(ctx, 'interactions.cannot-yet.accepted')
    backTo(ctx, journey)
  })

  router.post('/contexte/:uid/role', async (ctx) => {
    const begun = await begin(ctx)
    if (!begun) return
    const { journey, question } = begun
    const form = await readForm(ctx, raiseForm)
    if (!form.ok) return backTo(ctx, journey)
    const { organisation: id, role, message } = form.values
    // Asked for one's own only: of others it is not even looked up.
    const organisation =
      (await roleNow(db, question, id)) === null ? undefined : await findOrganisation(db, { id })
    if (!organisation) return backTo(ctx, journey)
    const asked = await askToRaise(needs, {
      ...wanted(question),
      addressee: organisation,
      role,
      message,
    })
    await answer(ctx, begun, { asked, organisation: organisation.id })
  })

  router.post('/contexte/:uid/gestionnaire', async (ctx) => {
    const begun = await begin(ctx)
    if (!begun) return
    const { journey, question } = begun
    const form = await readForm(ctx, namedForm)
    const organisation = form.ok ? form.values.designe : ''
    // Of one's own only: of others nothing is looked up, and nothing kept.
    if ((await roleNow(db, question, organisation)) === null) return backTo(ctx, journey)
    await wishToLead(needs, { ...wanted(question), organisation })
    ctx.status = 303
    ctx.redirect(`/organismes/${organisation}/gestionnaire`)
  })

  router.post('/contexte/:uid/rejoindre', async (ctx) => {
    const begun = await begin(ctx)
    if (!begun) return
    const { question } = begun
    const form = await readForm(ctx, placeForm)
    const { typed } = form
    if (!form.ok) return showWaysIn(ctx, needs, { ...begun, form: { typed, errors: form.errors } })
    const found = await soughtIn(form.values, question)
    if (found.is === 'named') {
      const { named } = found
      return showWaysIn(ctx, needs, { ...begun, named, form: { typed, errors: {} } })
    }
    // Read before anything is sent: it is not the one they named.
    if (found.is === 'found' && found.isMerged) {
      const into = found.addressee
      return showWaysIn(ctx, needs, { ...begun, into, form: { typed, errors: {} } })
    }
    if (found.is !== 'found') {
      const errors = { numero: MISTAKES[found.is] }
      return showWaysIn(ctx, needs, { ...begun, form: { typed, errors } })
    }
    const asked = await askToJoin(needs, {
      ...wanted(question),
      addressee: found.addressee,
      role: roleWished(question),
      function: form.values.fonction,
      message: form.values.message,
    })
    await answer(ctx, begun, { asked, organisation: found.addressee.id })
  })

  router.post('/contexte/:uid/retirer', async (ctx) => {
    const begun = await begin(ctx)
    if (!begun) return
    const { journey, question } = begun
    const form = await readForm(ctx, namedForm)
    const isWithdrawn =
      form.ok &&
      (await withdrawRequest(needs, { account: question.account, request: form.values.designe }))
    if (isWithdrawn) keepNotice(ctx, 'join-requests.withdrawn')
    backTo(ctx, journey)
  })

  const answer = async (
    ctx: Context,
    begun: { readonly journey: Journey; readonly question: Question },
    { asked, organisation }: { readonly asked: Asked; readonly organisation: string | null },
  ): Promise<void> => {
    const { journey, question } = begun
    if (asked.is === 'member' && organisation !== null) {
      // They named it themselves: where it suffices they go on for it.
      const role = await roleNow(db, question, organisation)
      if (role !== null && isEnough(question.need, role)) {
        return finish(ctx, journey, { contexte: { organisation } })
      }
      keepNotice(ctx, 'interactions.cannot-yet.own')
      return backTo(ctx, journey, { organisme: organisation })
    }
    if (asked.is === 'no-member') {
      keepNotice(ctx, 'join-requests.refused.no-member')
      return backTo(ctx, journey)
    }
    if (asked.is !== 'asked') return showWaysIn(ctx, needs, { ...begun, refused: asked })
    keepNotice(ctx, 'interactions.cannot-yet.sent')
    backTo(ctx, journey)
  }

  /** By its number, or the exact name when they say so; else those of such a name, to choose from. */
  const soughtIn = async (
    { numero, exact, apres }: PlaceValues,
    { account }: Question,
  ): Promise<Sought> => {
    if (exact === 'oui') return findAddressee(db, numero)
    const language = (await standingOf(db, account, null))?.account.language ?? 'fr'
    return seekOrganisation(db, { typed: numero, after: apres, language })
  }
}

const MISTAKES = {
  'no-number': 'join-requests.number.invalid',
  nobody: 'join-requests.number.nobody',
} as const

function wanted({ account, client, page }: Question) {
  return { account, client, page }
}

/** What the page needs, when that can be asked for. */
const roleWished = ({ need }: Question) => (need?.role ? roleToAskFor(need.role) : null)

function backTo(ctx: Context, { uid }: Journey, more: Readonly<Record<string, string>> = {}): void {
  ctx.status = 303
  ctx.redirect(`/contexte/${uid}?${new URLSearchParams({ autrement: 'oui', ...more })}`)
}
