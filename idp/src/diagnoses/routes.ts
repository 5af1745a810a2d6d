import Router from '@koa/router'
import { frameProblem, render, translate } from '@myanm/chassis'
import { clientBehind, listClients } from '#clients'
import type { Needs } from '../services.ts'
import { type Cause, differenceOf } from './rules.ts'
import { findDiagnosis } from './store.ts'

/** Where a site's developers read what was wrong: below it, the reference of the page. */
export const DEVELOPERS = '/developpeurs'

const REFERENCE = /^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{2}$/

/**
 * « Référence 7F3K-22 »: what exactly was wrong with the request behind it. Shown to whoever has the
 * secret of that very site, and to nobody else: what somebody else's site does wrong is not told
 * (ahead 11).
 */
export function diagnosisRoutes({ db }: Needs<'db'>): Router {
  const router = new Router()

  router.get(`${DEVELOPERS}/:reference`, async (ctx) => {
    const clients = new Map((await listClients(db)).map((client) => [client.client_id, client]))
    const client = clientBehind(ctx.get('authorization'), clients)
    if (client === undefined) {
      ctx.set('WWW-Authenticate', 'Basic realm="client_id, client_secret", charset="UTF-8"')
      ctx.status = 401
      return render(ctx, 'diagnoses/pages/who.njk')
    }
    const { reference = '' } = ctx.params
    const found = REFERENCE.test(reference) && (await findDiagnosis(db, { client, reference }))
    if (!found) throw frameProblem('not-found')
    const { cause, words, given, expected, at } = found
    const difference = given !== null && expected !== null ? differenceOf(given, expected) : null
    if (ctx.accepts('html', 'json') === 'json') {
      ctx.body = { reference, client, cause, words, given, expected, difference, at }
      return
    }
    render(ctx, 'diagnoses/pages/diagnosis.njk', {
      number: reference,
      client,
      title: translate(ctx, `diagnoses.${cause as Cause}.title`),
      advice: translate(ctx, `diagnoses.${cause as Cause}.advice`),
      words,
      given,
      expected,
      difference,
      at,
    })
  })

  return router
}
