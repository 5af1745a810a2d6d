import Router from '@koa/router'
import { render, type Translate, translate } from '@myanm/chassis'
import { decide } from '@myanm/permissions'
import { type Colleagues, colleaguesOf, type Person } from '@myanm/relying-party'
import type { Context } from 'koa'
import {
  addressOf,
  dayOf,
  formatDay,
  isHeldBack,
  mayMove,
  movesFrom,
  nameFor,
  recoverableSince,
  recoverableUntil,
  refusalOf,
} from '#job-offers'
import { mayPublish } from '../offered.ts'
import type { Services } from '../services.ts'
import { readShelf, SHELF_NAMES, type Shelf } from './shelf.ts'
import { countOwn, listOwn, type OwnOffer } from './store.ts'

/** Offers on one page of the list. */
const PAGE = 30

/** The offers of the organisation one acts for (P10). */
export function myOffers({ db, clock, myanm }: Services): Router {
  const router = new Router()

  router.get('/mes-annonces', myanm.requirePerson, async (ctx) => {
    const person = myanm.person(ctx) as Person
    const decision = decide(person.actor, 'ad.org.list')
    if (!decision.allowed) throw refusalOf(decision, person, 'list')
    const { organisation } = person
    if (!organisation) throw new Error('A list without organisation was allowed')

    // A reader sees what the public sees, and whose it is.
    const onlyOnline = decision.extent === 'published'
    const shelf = onlyOnline ? 'en-ligne' : readShelf(ctx.query['etat'])
    const now = clock.now()
    const question = {
      organisationId: organisation.id,
      today: dayOf(now),
      recoverableSince: recoverableSince(now),
    }
    const [counts, found] = await Promise.all([
      countOwn(db, question),
      listOwn(db, { ...question, shelf, below: readNumber(ctx.query['suite']), most: PAGE + 1 }),
    ])
    const shown = found.slice(0, PAGE)
    const authors = shown.map(({ authorSub }) => authorSub)
    const team = await colleaguesOf(ctx, myanm, authors)
    const last = shown.at(-1)
    render(ctx, 'my-offers/pages/list.njk', {
      organisation: organisation.name,
      shelf,
      shelves: onlyOnline ? [] : shelvesWith(ctx, counts, shelf),
      offers: shown.map((offer) => itemFor(ctx, offer, { person, team })),
      next: found.length > PAGE && last ? pathOf(shelf, last.number) : null,
      onlyOnline,
      mayPublish: mayPublish(person),
      isHeldBack: isHeldBack(person.actor),
    })
  })

  return router
}

/** The number after which the next page begins; null for the first page and for what is no number. */
function readNumber(asked: unknown): number | null {
  return typeof asked === 'string' && /^[1-9]\d{0,14}$/.test(asked) ? Number(asked) : null
}

function pathOf(shelf: Shelf | null, suite?: number): string {
  const query = new URLSearchParams()
  if (shelf) query.set('etat', shelf)
  if (suite !== undefined) query.set('suite', String(suite))
  return query.size === 0 ? '/mes-annonces' : `/mes-annonces?${query}`
}

function shelvesWith(ctx: Context, counts: ReadonlyMap<Shelf, number>, current: Shelf | null) {
  const countOf = (shelf: Shelf) => counts.get(shelf) ?? 0
  const all = SHELF_NAMES.filter((shelf) => shelf !== 'supprimees')
  const total = all.reduce((sum, shelf) => sum + countOf(shelf), 0)
  return [
    { name: 'toutes', href: pathOf(null), count: total, current: current === null },
    ...SHELF_NAMES.map((shelf) => ({
      name: shelf,
      href: pathOf(shelf),
      count: countOf(shelf),
      current: current === shelf,
    })),
  ]
    .filter(({ count, current, name }) => count > 0 || current || name === 'toutes')
    .map((tab) => ({ ...tab, text: translate(ctx, `my-offers.shelf.${tab.name}`) }))
}

function itemFor(ctx: Context, offer: OwnOffer, seen: { person: Person; team: Colleagues }) {
  const { person, team } = seen
  const t: Translate = (key, values) => translate(ctx, key, values)
  const moves = movesFrom(offer.standing).filter((move) => mayMove(person, offer, move).allowed)
  return {
    title: offer.title,
    href: addressOf(offer),
    version: offer.version,
    standing: offer.standing,
    author: nameFor(t, { sub: offer.authorSub, team, person }),
    isMine: offer.authorSub === person.sub,
    changed: formatDay(dayOf(offer.changedAt)),
    until: offer.endsOn && formatDay(offer.endsOn),
    recoverableUntil: offer.deletedAt && formatDay(dayOf(recoverableUntil(offer.deletedAt))),
    may: Object.fromEntries(moves.map((move) => [move, true])),
  }
}
