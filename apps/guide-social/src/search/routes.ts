import Router from '@koa/router'
import { render, type Translate, translate } from '@myanm/chassis'
import type { Context } from 'koa'
import { CONTRACTS, dayOf } from '#job-offers'
import { mayPublish } from '../offered.ts'
import type { Services } from '../services.ts'
import { queryOf, readFilter } from './filter.ts'
import { listItem } from './list-item.ts'
import { readPosition, writePosition } from './position.ts'
import { countOnline, listOnline } from './store.ts'

/** Offers on one page of the list. */
const PAGE = 20

/** Newest offers on the home page. */
const NEWEST = 5

/** What everybody may read, signed in or not, whether MyANM is there or away. */
export function searching(services: Services): Router {
  const { db, clock, myanm } = services
  const router = new Router()

  router.get('/', async (ctx) => {
    const now = clock.now()
    const question = { filter: { words: null, place: null, contract: null }, today: dayOf(now) }
    const [counts, newest] = await Promise.all([
      countOnline(db, question),
      listOnline(db, { ...question, after: null, most: NEWEST }),
    ])
    const t = words(ctx)
    render(ctx, 'search/pages/home.njk', {
      count: total(counts),
      offers: newest.map((offer) => listItem(t, offer, now)),
      mayPublish: mayPublish(myanm.person(ctx)),
    })
  })

  router.get('/emplois', async (ctx) => {
    const now = clock.now()
    const query = new URLSearchParams(ctx.querystring)
    const { filter, typed } = readFilter(query)
    const question = { filter, today: dayOf(now) }
    const after = readPosition(query.get('suite'))
    const [counts, found] = await Promise.all([
      countOnline(db, question),
      listOnline(db, { ...question, after, most: PAGE + 1 }),
    ])
    const shown = found.slice(0, PAGE)
    const last = shown.at(-1)
    const t = words(ctx)
    render(ctx, 'search/pages/list.njk', {
      typed,
      count: filter.contract ? (counts.get(filter.contract) ?? 0) : total(counts),
      isFiltered: queryOf(typed).size > 0,
      contracts: CONTRACTS.map((contract) => ({
        value: contract,
        text: t('search.contract', {
          contract: t(`job-offers.contract.${contract}`),
          count: counts.get(contract) ?? 0,
        }),
        selected: contract === filter.contract,
      })),
      offers: shown.map((offer) => listItem(t, offer, now)),
      next: found.length > PAGE && last ? pathOf(typed, writePosition(last)) : null,
      first: after ? pathOf(typed) : null,
      mayPublish: mayPublish(myanm.person(ctx)),
    })
  })

  return router

  function pathOf(typed: Parameters<typeof queryOf>[0], suite?: string): string {
    const query = queryOf(typed)
    if (suite) query.set('suite', suite)
    return query.size === 0 ? '/emplois' : `/emplois?${query}`
  }
}

function words(ctx: Context): Translate {
  return (key, values) => translate(ctx, key, values)
}

function total(counts: ReadonlyMap<unknown, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0)
}
