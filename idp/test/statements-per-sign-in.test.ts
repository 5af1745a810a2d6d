import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import {
  beginFlow,
  discover,
  newVisitor,
  type Overheard,
  overhearStatements,
  PASSWORD,
  redeem,
  signInAs,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  type Visitor,
  withDatabase,
} from '@myanm/testing'
import * as oauth from 'openid-client'
import { until } from './stage/until.ts'

let database: TestDatabase
let wire: Overheard
let myanm: TestIdp
let visitor: Visitor

beforeAll(async () => {
  database = await withDatabase()
  wire = await overhearStatements(database.urlFor('idp'))
  myanm = await startTestIdp({ database: { ...database, urlFor: () => wire.url } })
  visitor = (await signInAs(myanm.issuer, 'gestionnaire', { client: 'guide-social' })).visitor
})

afterAll(async () => {
  await myanm.stop()
  await wire.stop()
  await database.drop()
})

/** The job queue and the signals look around by themselves, whatever people do. */
const asked = () =>
  wire.take().filter((text) => !/idp_jobs|"jobs:|from signal|signal_delivery|^select$/.test(text))

/** What MyANM does each minute takes a few seconds from its turn on: no statement of a sign-in's. */
const isBetweenMinutes = (): boolean => {
  const second = new Date().getSeconds()
  return second >= 8 && second < 50
}

beforeEach(async () => {
  await until(isBetweenMinutes, 30_000)
  wire.take()
})

async function pass(client: string) {
  const configuration = await discover(myanm.issuer, client)
  const flow = await beginFlow(configuration)
  asked()
  const page = await visitor.go(flow.url)
  const authorization = asked()
  const tokens = await redeem(configuration, flow, page.url)
  return { configuration, tokens, authorization, redemption: asked() }
}

// Each statement is a round trip and a share of a core: a number that grows here is a decision, not an
// accident (yardsticks P9).
describe('what a sign-in with a running session asks of PostgreSQL', () => {
  test('two statements for the code and two for the tokens', async () => {
    const { authorization, redemption } = await pass('guide-social')
    expect(authorization).toHaveLength(2)
    expect(redemption).toHaveLength(2)
  })

  test('at a site not visited yet, two more: a remembered choice, and maybe a grant', async () => {
    const { authorization, redemption } = await pass('monasbl')
    expect(authorization).toHaveLength(4)
    expect(redemption).toHaveLength(2)
  })

  test('two statements for a refresh', async () => {
    const { configuration, tokens } = await pass('guide-social')
    asked()
    await oauth.refreshTokenGrant(configuration, tokens.refresh_token ?? '')
    expect(asked()).toHaveLength(2)
  })

  test('one statement for an introspection, rights included', async () => {
    const { configuration, tokens } = await pass('guide-social')
    asked()
    const answer = await oauth.tokenIntrospection(configuration, tokens.access_token)
    expect(answer['org']).toMatchObject({ role: 'GESTIONNAIRE' })
    expect(asked()).toHaveLength(1)
  })
})

describe('what a sign-in with a password asks of PostgreSQL', () => {
  test('nothing more for whoever has no second factor: it is read with the password', async () => {
    const newcomer = newVisitor()
    const configuration = await discover(myanm.issuer, 'guide-social')
    const flow = await beginFlow(configuration)
    await newcomer.go(flow.url)
    asked()
    await newcomer.submit({ fields: { identifiant: 'lecteur' } })
    // Among them whether it is an old login, and the journey before and after.
    const identifier = asked()
    await newcomer.submit({ fields: { mot_de_passe: PASSWORD } })
    const password = asked()
    const about = (table: string) => password.filter((text) => text.includes(table))
    expect(about('one_time_password')).toHaveLength(1)
    expect(about('sign_in_failure')).toHaveLength(1)
    expect([identifier.length, password.length]).toEqual([3, 16])
  })
})
