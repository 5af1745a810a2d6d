import type Router from '@koa/router'
import { readForm } from '@myanm/chassis'
import type { Context } from 'koa'
import { acceptInvitation } from '#invitations'
import {
  type Asked,
  askToJoin,
  askToRaise,
  findAddressee,
  joinForm,
  withdrawRequest,
} from '#join-requests'
import { finish, isDue, type Journey, journeyOf } from '#journeys'
import { findOrganisation } from '#organisations'
import { roleToAskFor } from '#rules/join-requests'
import { keepNotice } from '#visits'
import { showWaysIn } from './cannot-yet-page.ts'
import { type Question, questionOf, roleNow } from './context-view.ts'
import { namedForm, raiseForm } from './forms.ts'
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
    await answer(ctx, begun, asked)
  })

  router.post('/contexte/:uid/rejoindre', async (ctx) => {
    const begun = await begin(ctx)
    if (!begun) return
    const { question } = begun
    const form = await readForm(ctx, joinForm)
    const found = await findAddressee(db, String(form.typed['numero'] ?? ''))
    if (!form.ok || found.is !== 'found') {
      const { typed } = form
      const errors = form.ok ? { numero: MISTAKES[found.is as keyof typeof MISTAKES] } : form.errors
      return showWaysIn(ctx, needs, { ...begun, form: { typed, errors } })
    }
    const asked = await askToJoin(needs, {
      ...wanted(question),
      addressee: found.addressee,
      role: roleWished(question),
      function: form.values.fonction,
      message: form.values.message,
    })
    await answer(ctx, begun, asked)
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
    asked: Asked,
  ): Promise<void> => {
    // Of the team, or with that role, since the page was shown: it knows the way on itself.
    if (asked.is === 'member' || asked.is === 'no-member') return backTo(ctx, begun.journey)
    if (asked.is !== 'asked') return showWaysIn(ctx, needs, { ...begun, refused: asked })
    keepNotice(ctx, 'interactions.cannot-yet.sent')
    backTo(ctx, begun.journey)
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

function backTo(ctx: Context, { uid }: Journey): void {
  ctx.status = 303
  ctx.redirect(`/contexte/${uid}?autrement=oui`)
}
