import Router from '@koa/router'
import { render, translate } from '@myanm/chassis'
import type { Context } from 'koa'
import { bannerOf, type VisitNeeds, whoIsHere } from '#visits'
import { PERIODS, presentStatus } from './present.ts'
import { sayTime } from './rules.ts'

/**
 * How long it takes until a role that was taken away holds nowhere any more, for everybody to read
 * (ahead 1): each site, measured. Nobody is in it; what is late now is said.
 */
export function statusRoutes(needs: VisitNeeds): Router {
  const { db } = needs
  const router = new Router()

  router.get('/etat', async (ctx) => {
    const visit = await whoIsHere(ctx, needs)
    const now = new Date()
    const status = await presentStatus(db, now)
    const inWords = (milliseconds: number | null): string =>
      milliseconds === null
        ? translate(ctx, 'status.unanswered')
        : translate(ctx, 'status.time', { ...sayTime(milliseconds) })
    render(ctx, 'status/pages/status.njk', {
      banner: bannerOf(visit),
      ...status,
      isAllWell: status.sites.every(({ lateSince }) => lateSince === null),
      sites: status.sites.map((site) => ({
        ...site,
        late: site.lateSince && inWords(now.getTime() - site.lateSince.getTime()),
        canary: site.canary && inWords(site.canary.took),
        periods: PERIODS.map((period) => {
          const measure = site.measured[period]
          return {
            key: period,
            measure: measure && {
              changes: measure.changes,
              unanswered: measure.unanswered,
              half: inWords(measure.half),
              of95: inWords(measure.of95),
              of99: inWords(measure.of99),
            },
          }
        }),
      })),
    })
  })

  router.get('/etat.json', async (ctx) => {
    const { at, flownAt, isMissed, sites } = await presentStatus(db, new Date())
    ctx.body = {
      at,
      unit: 'ms',
      canary: { flown_at: flownAt, is_missed: isMissed },
      sites: sites.map(({ client, name, lateSince, waiting, measured, canary }) => ({
        ...{ site: client, name, late_since: lateSince, waiting },
        canary: canary && { took: canary.took, answered: canary.took !== null },
        ...Object.fromEntries(
          PERIODS.map((period) => {
            const measure = measured[period]
            if (!measure) return [period, null]
            const { changes, unanswered, half, of95, of99 } = measure
            return [period, { changes, unanswered, p50: half, p95: of95, p99: of99 }]
          }),
        ),
      })),
    }
  })

  return router
}

export function statusFooterLinks(ctx: Context): readonly { text: string; href: string }[] {
  return [{ text: translate(ctx, 'status.footer'), href: '/etat' }]
}
