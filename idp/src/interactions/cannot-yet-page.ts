import { render, type Typed } from '@myanm/chassis'
import type { Context } from 'koa'
import { standingOf } from '#accounts'
import type { Addressee, Asked } from '#join-requests'
import type { Journey } from '#journeys'
import type { NamePage } from '#register'
import { takeNotice } from '#visits'
import {
  type LookedFor,
  mergedInto,
  type Question,
  roleNow,
  type WaysIn,
  waysIn,
} from './context-view.ts'
import type { InteractionNeeds } from './needs.ts'

/** Seconds after which a page that waits for an answer looks again by itself. */
const LOOK_AGAIN = '30'

interface Shown {
  readonly journey: Journey
  readonly question: Question
  /** The form to join, as it was sent: refused, or asked which of those of that name is meant. */
  readonly form?: { readonly typed: Typed; readonly errors: Readonly<Record<string, string>> }
  readonly named?: NamePage
  /** The one that was named was merged into this one. */
  readonly into?: Addressee
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
  { journey, question: asked, form, named, into, refused }: Shown,
): Promise<void> {
  const { uid, site } = journey
  const merged = await mergedInto(db, asked)
  const own = (await ownNamed(ctx, db, asked)) ?? merged?.into ?? null
  const question = own === null ? asked : { ...asked, organisation: own }
  const looked = lookedFor(ctx)
  const ways = await waysIn(db, { ...question, looked })
  const isTyping = form !== undefined || asks(ctx, 'rejoindre')
  const isQuiet = asks(ctx, 'calme') || looked !== null
  if (form && !named && !into) ctx.status = 422
  else if (refused) ctx.status = 409
  else if (ways.isWaiting && !isTyping && !isQuiet) {
    ctx.set('Refresh', `${LOOK_AGAIN}; url=/contexte/${uid}?autrement=oui`)
  }
  render(ctx, 'interactions/pages/cannot-yet.njk', {
    uid,
    asking: site,
    // Whoever goes on elsewhere from here ends on the page they wanted all the same.
    from: { site: question.client, page: question.page ?? '' },
    notice: takeNotice(ctx),
    need: question.need,
    because: question.because,
    merged,
    here: hereOf(ways, question),
    ways,
    // It stands still in front of whoever reads where their number leads.
    isQuiet: isQuiet || into !== undefined,
    mayJoinHere: into === undefined && (isTyping || !hasOtherWays(ways)),
    form: form ?? { typed: {}, errors: {} },
    named: named ?? null,
    into: into ?? null,
    email: (await standingOf(db, question.account, null))?.account.email ?? '',
    refused: refused ?? null,
  })
}

/** One's own organisation that the refusal is about. */
function hereOf({ tooLow }: WaysIn, { organisation }: Question) {
  return tooLow.find(({ id }) => id === organisation) ?? null
}

const hasOtherWays = ({ enough, invitations, tooLow, joins }: WaysIn): boolean =>
  enough.length + invitations.length + tooLow.length + joins.length > 0

/** What somebody looks for among their own, where their role is too low. */
function lookedFor(ctx: Context): LookedFor | null {
  const { q, apres } = ctx.query
  if (typeof q !== 'string') return null
  const after = typeof apres === 'string' && UUID.test(apres) ? apres : null
  return { search: q.trim().slice(0, 100), after }
}

/** The organisation that is to stand first, when it is one of their own; others are not looked up. */
async function ownNamed(
  ctx: Context,
  db: InteractionNeeds['db'],
  question: Question,
): Promise<string | null> {
  const { organisme } = ctx.query
  if (typeof organisme !== 'string') return null
  return (await roleNow(db, question, organisme)) === null ? null : organisme
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/

const asks = (ctx: Context, what: string): boolean => ctx.query[what] === 'oui'
