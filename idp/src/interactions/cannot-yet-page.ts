import { render, type Typed } from '@myanm/chassis'
import type { Context } from 'koa'
import type { Asked } from '#join-requests'
import type { Journey } from '#journeys'
import { takeNotice } from '#visits'
import { type Question, type WaysIn, waysIn } from './context-view.ts'
import type { InteractionNeeds } from './needs.ts'

/** Seconds after which a page that waits for an answer looks again by itself. */
const LOOK_AGAIN = '30'

interface Shown {
  readonly journey: Journey
  readonly question: Question
  /** The form to join, as it was sent and refused. */
  readonly form?: { readonly typed: Typed; readonly errors: Readonly<Record<string, string>> }
  /** What was asked and cannot be. */
  readonly refused?: Exclude<Asked, { is: 'asked' }>
}

/**
 * « Vous ne pouvez pas encore entrer : voici comment » (ahead 2): where it suffices already, what waits to
 * be accepted, whom to ask. While an answer is awaited the page looks again by itself, without script;
 * who is disturbed by that stops it with a link (WCAG 2.2.1), and where somebody types it does not.
 */
export async function showWaysIn(
  ctx: Context,
  { db }: InteractionNeeds,
  { journey, question, form, refused }: Shown,
): Promise<void> {
  const { uid, site } = journey
  const ways = await waysIn(db, question)
  const isTyping = form !== undefined || asks(ctx, 'rejoindre')
  const isQuiet = asks(ctx, 'calme')
  if (form) ctx.status = 422
  else if (refused) ctx.status = 409
  else if (ways.isWaiting && !isTyping && !isQuiet) {
    ctx.set('Refresh', `${LOOK_AGAIN}; url=/contexte/${uid}?autrement=oui`)
  }
  render(ctx, 'interactions/pages/cannot-yet.njk', {
    uid,
    asking: site,
    notice: takeNotice(ctx),
    need: question.need,
    because: question.because,
    here: hereOf(ways, question),
    ways,
    isQuiet,
    mayJoinHere: isTyping || !hasOtherWays(ways),
    form: form ?? { typed: {}, errors: {} },
    refused: refused ?? null,
  })
}

/** One's own organisation that the refusal is about. */
function hereOf({ tooLow }: WaysIn, { organisation }: Question) {
  return tooLow.find(({ id }) => id === organisation) ?? null
}

const hasOtherWays = ({ enough, invitations, tooLow, joins }: WaysIn): boolean =>
  enough.length + invitations.length + tooLow.length + joins.length > 0

const asks = (ctx: Context, what: string): boolean => ctx.query[what] === 'oui'
