import { randomUUID } from 'node:crypto'
import { render, type Translate, translate } from '@myanm/chassis'
import { type Colleagues, colleaguesOf, type Person, type RelyingParty } from '@myanm/relying-party'
import type { Context } from 'koa'
import type { Services } from '../services.ts'
import { dayOf, formatDay } from './day.ts'
import { committeeText, contractText, factsLine, payText } from './facts.ts'
import { blocksOf } from './plain-text.ts'
import type { Offer } from './row.ts'
import {
  isHeldBack,
  type Move,
  mayMove,
  maySee,
  movesFrom,
  recoverableUntil,
  type Standing,
  standingOf,
} from './rules.ts'
import { addressOf } from './slug.ts'
import { listVersions } from './store.ts'

/** Most lines of history shown. */
const HISTORY = 20

/** Shows an offer: to the public what it says, to colleagues also how it stands and what they may do. */
export async function showOffer(
  ctx: Context,
  services: Pick<Services, 'db' | 'clock' | 'myanm'>,
  offer: Offer,
): Promise<void> {
  const t: Translate = (key, values) => translate(ctx, key, values)
  const today = dayOf(services.clock.now())
  const standing = standingOf({ state: offer.state, endsOn: offer.content.endsOn }, today)
  const person = services.myanm.person(ctx)
  const isColleague =
    person !== undefined && maySee(person.actor, { organisationId: offer.organisationId, standing })
  render(ctx, 'job-offers/pages/offer.njk', {
    offer,
    address: addressOf(offer),
    line: factsLine(t, offer.organisationName, offer.content),
    facts: factsOf(t, offer),
    blocks: blocksOf(offer.content.description ?? ''),
    note: offer.content.applyNote === null ? [] : blocksOf(offer.content.applyNote),
    until: offer.content.endsOn && formatDay(offer.content.endsOn),
    isOver: standing === 'expired',
    inside: isColleague ? await insideView(ctx, services, { offer, person, standing }) : null,
  })
}

/** What colleagues see besides: how the offer stands, whose it is, what may be done, what was done. */
async function insideView(
  ctx: Context,
  { db, myanm }: { db: Services['db']; myanm: RelyingParty },
  seen: { offer: Offer; person: Person; standing: Standing },
) {
  const { offer, person, standing } = seen
  const t: Translate = (key, values) => translate(ctx, key, values)
  const versions = await listVersions(db, offer.id, HISTORY)
  const named = [offer.authorSub, ...versions.map(({ bySub }) => bySub)]
  const team = await colleaguesOf(ctx, myanm, named)
  const nameOf = (sub: string) => nameFor(t, { sub, team, person })
  const decisions = movesFrom(standing).map((move) => ({
    move,
    decision: mayMove(person, offer, move),
  }))
  const may: Partial<Record<Move, true>> = Object.fromEntries(
    decisions.filter(({ decision }) => decision.allowed).map(({ move }) => [move, true]),
  )
  const refused = decisions.find(({ move, decision }) => move === 'edit' && !decision.allowed)
  const needs = refused && !refused.decision.allowed ? refused.decision.needs?.role : undefined
  return {
    standing,
    author: nameOf(offer.authorSub),
    /** Names the copy a press on « Dupliquer » makes: pressed twice, it makes one. */
    copy: randomUUID(),
    isMine: offer.authorSub === person.sub,
    may,
    needs: needs ?? null,
    isHeldBack: movesFrom(standing).includes('publish') && isHeldBack(person.actor),
    recoverableUntil: offer.deletedAt && formatDay(dayOf(recoverableUntil(offer.deletedAt))),
    history: versions.map(({ what, bySub, at }) => ({
      text: t(`job-offers.event.${what}`, { name: nameOf(bySub) }),
      at,
      day: formatDay(dayOf(at)),
    })),
  }
}

/** A colleague's name, or a word for somebody MyANM does not name (any more). */
export function nameFor(
  t: Translate,
  { sub, team, person }: { sub: string; team: Colleagues; person: Person },
): string {
  if (sub === person.sub) return person.name
  return team.find(sub)?.name ?? t('job-offers.colleague')
}

interface Fact {
  readonly name: string
  readonly value: string
}

function factsOf(t: Translate, { content }: Offer): readonly Fact[] {
  const { occupation, otherOccupation } = content
  const functionName =
    occupation === 'autre'
      ? otherOccupation
      : occupation && t(`job-offers.occupation.${occupation}`)
  const place = [content.postcode, content.locality].filter(Boolean).join(' ')
  const aids = content.aids.map((aid) => t(`job-offers.aid.${aid}`)).join(', ')
  const known: readonly (readonly [key: string, value: string | null])[] = [
    ['function', functionName],
    ['place', place],
    ['contract', contractText(t, content)],
    ['posts', content.posts > 1 ? String(content.posts) : null],
    ['start', content.startsOn && formatDay(content.startsOn)],
    ['pay', payText(t, content)],
    ['committee', committeeText(t, content)],
    ['diploma', content.diploma],
    ['experience', content.experience],
    ['languages', content.languages],
    ['licence', content.drivingLicence ? t('job-offers.facts.licence-needed') : null],
    ['aids', aids],
  ]
  return known.flatMap(([key, value]) =>
    value ? [{ name: t(`job-offers.facts.name.${key}`), value }] : [],
  )
}
