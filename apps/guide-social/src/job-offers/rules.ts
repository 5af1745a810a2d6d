import { type Actor, type Decision, decide, type Target } from '@myanm/permissions'
import type { Day, OfferContent } from './content.ts'

/** What is stored of an offer's life (6.4). */
export type State = 'draft' | 'published' | 'withdrawn' | 'deleted'

/** What people see of it: a published offer whose last day has passed is expired. */
export type Standing = State | 'expired'

/** What somebody may want to do with an offer. */
export type Move = 'edit' | 'publish' | 'withdraw' | 'remove' | 'restore' | 'duplicate'

/** How long a deleted offer can be brought back, in days (6.4). */
export const RECOVERABLE_DAYS = 30

/** What the deadline is proposed to be, in days from today (G25). */
export const USUAL_LIFETIME_DAYS = 30

/** A deadline further away is a slip of the finger. */
export const LONGEST_LIFETIME_DAYS = 730

export interface Life {
  readonly state: State
  readonly endsOn: Day | null
}

export function standingOf({ state, endsOn }: Life, today: Day): Standing {
  return state === 'published' && endsOn !== null && endsOn < today ? 'expired' : state
}

/**
 *     draft ──publish──► published ──(last day)──► expired
 *                          ▲   │                      │
 *                          │ withdraw                 │
 *                          │   ▼                      │
 *                          └─ withdrawn    publish ◄──┘
 *     any of them ──remove──► deleted ──restore──► draft or withdrawn
 */
const MOVES: Readonly<Record<Standing, readonly Move[]>> = {
  draft: ['edit', 'publish', 'duplicate', 'remove'],
  published: ['edit', 'withdraw', 'duplicate', 'remove'],
  expired: ['edit', 'publish', 'duplicate', 'remove'],
  withdrawn: ['edit', 'publish', 'duplicate', 'remove'],
  deleted: ['restore'],
}

export function movesFrom(standing: Standing): readonly Move[] {
  return MOVES[standing]
}

/** A deleted offer whose time has run out is gone, purged or not. */
export function isGone(offer: { readonly deletedAt: Date | null }, now: Date): boolean {
  return offer.deletedAt !== null && offer.deletedAt.getTime() < recoverableSince(now).getTime()
}

const RECOVERABLE_FOR = RECOVERABLE_DAYS * 86_400_000

/** What was deleted before this cannot be brought back. */
export function recoverableSince(now: Date): Date {
  return new Date(now.getTime() - RECOVERABLE_FOR)
}

/** Until when what was deleted then can be brought back. */
export function recoverableUntil(deletedAt: Date): Date {
  return new Date(deletedAt.getTime() + RECOVERABLE_FOR)
}

/** What restoring leads to: never straight back online. */
export function restoredState(offer: { readonly publishedAt: Date | null }): State {
  return offer.publishedAt === null ? 'draft' : 'withdrawn'
}

/** Saving an offer whose time is over takes it down, so that a new deadline alone does not publish it. */
export function stateAfterEdit(standing: Standing): State {
  return standing === 'expired' ? 'withdrawn' : standing
}

/** Coming back before the last day goes on with the same publication; later it is a new one (6.4). */
export function goesOnWithPublication(
  offer: { readonly publishedAt: Date | null; readonly publishedUntil: Day | null },
  today: Day,
): boolean {
  return (
    offer.publishedAt !== null && offer.publishedUntil !== null && today <= offer.publishedUntil
  )
}

export interface Mine {
  readonly organisationId: string
  readonly authorSub: string
}

/**
 * May this person make this move with this offer? P8 for one's own, P9 for a colleague's; going online
 * and copying ask for P3 as well, a copy for as far as a draft.
 */
export function mayMove(who: { actor: Actor; sub: string }, offer: Mine, move: Move): Decision {
  const author = offer.authorSub === who.sub ? 'self' : 'colleague'
  const target: Target = { organisationId: offer.organisationId, author, service: 'emploi' }
  const { organisationId } = offer
  if (move === 'duplicate') {
    return decide(who.actor, 'ad.emploi.publish', { organisationId, state: 'draft' })
  }
  const touch = decide(who.actor, author === 'self' ? 'ad.own' : 'ad.colleague', target)
  if (!touch.allowed || move !== 'publish') return touch
  return decide(who.actor, 'ad.emploi.publish', { organisationId, state: 'published' })
}

/** Whether what they write stays a draft for now: nobody has checked their organisation yet (D13). */
export function isHeldBack(actor: Actor): boolean {
  const decision = decide(actor, 'ad.emploi.publish')
  return !decision.allowed && decision.because === 'to-check'
}

/** May this person see the offer among their organisation's, whatever its standing? (P10) */
export function maySee(
  actor: Actor,
  offer: { readonly organisationId: string; readonly standing: Standing },
): boolean {
  const state = offer.standing === 'published' ? 'published' : 'draft'
  const target: Target = { organisationId: offer.organisationId, state, service: 'emploi' }
  return decide(actor, 'ad.org.list', target).allowed
}

/** What keeps an offer from being saved or from going online, field by field (4.2.7, R22). */
export type Shortcoming =
  | 'required'
  | 'deadline-past'
  | 'deadline-far'
  | 'pay-unsaid'
  | 'no-way-to-apply'
  | 'hours-unsaid'

const ALWAYS_REQUIRED = [
  'title',
  'occupation',
  'description',
  'postcode',
  'locality',
  'contract',
  'regime',
  'endsOn',
] as const satisfies readonly (keyof OfferContent)[]

export type Shortcomings = ReadonlyMap<keyof OfferContent, Shortcoming>

/** What is missing for the state to come: what is not public needs a title and nothing else. */
export function shortcomingsFor(state: State, content: OfferContent, today: Day): Shortcomings {
  if (state === 'published') return shortcomingsOf(content, today)
  return new Map(content.title === '' ? [['title', 'required']] : [])
}

/** Empty when the offer may go online on `today`. */
export function shortcomingsOf(content: OfferContent, today: Day): Shortcomings {
  const found = new Map<keyof OfferContent, Shortcoming>()
  for (const field of ALWAYS_REQUIRED) if (!content[field]) found.set(field, 'required')
  if (content.occupation === 'autre' && content.otherOccupation === null) {
    found.set('otherOccupation', 'required')
  }
  if (content.regime === 'part-time' && content.weeklyMinutes === null) {
    found.set('weeklyMinutes', 'hours-unsaid')
  }
  if (!saysPay(content)) found.set('payScale', 'pay-unsaid')
  if (!(content.applyEmail || content.applyUrl || content.applyPhone)) {
    found.set('applyEmail', 'no-way-to-apply')
  }
  if (content.endsOn !== null) {
    if (content.endsOn < today) found.set('endsOn', 'deadline-past')
    else if (daysBetween(today, content.endsOn) > LONGEST_LIFETIME_DAYS) {
      found.set('endsOn', 'deadline-far')
    }
  }
  return found
}

/** A scale, a range or the promise to say it before the interview; volunteers have no pay (R22). */
function saysPay(content: OfferContent): boolean {
  const { payScale, payMin, payMax, payToldBeforeInterview, contract } = content
  return (
    payToldBeforeInterview ||
    contract === 'volontariat' ||
    payScale !== null ||
    payMin !== null ||
    payMax !== null
  )
}

function daysBetween(from: Day, to: Day): number {
  return (Date.parse(to) - Date.parse(from)) / 86_400_000
}

/** A marchand organisation publishes functions of the sector only, those of the list (5.2). */
export function isOutsideSector(actor: Actor, content: OfferContent): boolean {
  const decision = decide(actor, 'ad.emploi.publish', { state: 'draft' })
  return decision.allowed && decision.within === 'sector' && content.occupation === 'autre'
}

/** Once it has been public, another function would be another offer (6.4, R8). */
export function changesFunction(
  published: { readonly publishedAt: Date | null; readonly content: OfferContent },
  content: OfferContent,
): boolean {
  return published.publishedAt !== null && published.content.occupation !== content.occupation
}

/**
 * Whether a change refused as stale is the one already made: the second half of a double click. The
 * version it was made from is just before the current one, and the same person made that very change.
 */
export function isRepeat(
  last: { readonly version: number; readonly bySub: string; readonly what: string },
  wish: { readonly version: number; readonly sub: string; readonly what: string },
): boolean {
  return last.version === wish.version + 1 && last.bySub === wish.sub && last.what === wish.what
}
