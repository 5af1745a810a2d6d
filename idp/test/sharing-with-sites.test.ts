import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import {
  answerQuestions,
  client,
  newVisitor,
  query,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  typeCredentials,
  type Visitor,
  withDatabase,
} from '@myanm/testing'
import { decodeJwt } from 'jose'
import { type ListeningSite, listeningSite } from './stage/listening-site.ts'
import { until } from './stage/until.ts'
import { onTheWire, type Wire } from './stage/wire.ts'

let database: TestDatabase
let myanm: TestIdp
let wire: Wire
const sites = new Map<string, ListeningSite>()

beforeAll(async () => {
  database = await withDatabase()
  for (const name of ['guide-social', 'bilan']) sites.set(name, await listeningSite())
  const site = (id: string, name: string) =>
    client({ id, name, kind: 'site', home: sites.get(id)?.home ?? null })
  myanm = await startTestIdp({
    database,
    clients: [
      site('guide-social', 'Guide Social'),
      site('bilan', 'Mon bilan en ligne'),
      client({ id: 'partner', name: 'Site partenaire' }),
      client({
        id: 'resource-server',
        kind: 'resource-server',
        redirectUris: [],
        introspects: ['partner', 'bilan'],
      }),
    ],
  })
  wire = onTheWire(myanm.issuer)
})

afterAll(async () => {
  for (const site of sites.values()) await site.close()
  await myanm.stop()
  await database.drop()
})

beforeEach(() => {
  for (const site of sites.values()) site.forget()
})

const at = (path: string) => new URL(path, myanm.issuer)
const idOf = (key: string) => String(myanm.accounts.get(key))
const words = (visitor: Visitor) => visitor.page?.text ?? ''
const heardBy = (name: string) => sites.get(name)?.tokens ?? []

async function arrive(key: string): Promise<Visitor> {
  const visitor = newVisitor()
  await visitor.go(at('/compte/sites'))
  await typeCredentials(visitor, key)
  return visitor
}

const SHARED = { scope: 'openid profile email organisation offline_access', prompt: 'consent' }

/** Agrees to share with a site that asks, and gives it its tokens. */
async function share(visitor: Visitor, site: string, parameters: Record<string, string> = {}) {
  const { url, verifier } = wire.request(site, { scope: 'openid profile email', ...parameters })
  await visitor.go(url)
  await answerQuestions(visitor)
  const code = visitor.page?.url.searchParams.get('code')
  if (!code) throw new Error(words(visitor))
  const { body } = await wire.redeem({ code, verifier }, { client: site })
  return {
    access: String(body['access_token']),
    refresh: String(body['refresh_token']),
    id: String(body['id_token']),
  }
}

/** Presses a button of one site. */
const press = async (visitor: Visitor, site: string, action: 'deconnecter' | 'retirer') => {
  await visitor.go(at('/compte/sites'))
  return visitor.submit({
    form: `form[action="/compte/sites/${action}"]:has(input[name=site][value="${site}"])`,
  })
}

const consentOf = async (key: string, site: string) =>
  (
    await query(database, 'select * from consent where account_id = $1 and client_id = $2', [
      idOf(key),
      site,
    ])
  )[0]

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

const isQuestion = (visitor: Visitor) => visitor.page?.url.pathname.startsWith('/consentement/')

describe('what each site receives', () => {
  test('is said in plain words, for the sites that know me', async () => {
    const visitor = await arrive('candidat')
    expect(words(visitor)).toContain('Aucun site pour le moment')
    await wire.tokensOf(visitor, 'guide-social')
    await share(visitor, 'bilan', { scope: 'openid profile email bilan' })
    await visitor.go(at('/compte/sites'))
    expect(words(visitor)).toContain('Guide Social connecté sur un appareil')
    expect(words(visitor)).toContain('C’est un site de l’Agence pour le Non-Marchand')
    expect(words(visitor)).toContain('votre rôle dans Mon bilan en ligne')
    expect(words(visitor)).toMatch(/Vous avez accepté ce partage le \d\d\/\d\d\/\d{4}/)
    expect(words(visitor)).not.toContain('Site partenaire')
    expect(words(visitor)).not.toMatch(/OIDC|jeton|scope|client/)
    // What a site of the house receives is not optional, so there is nothing to switch off.
    const withdrawn = visitor.page?.$('form[action$="/retirer"] input[name=site]').toArray() ?? []
    expect(withdrawn.map((field) => visitor.page?.$(field).attr('value'))).toEqual(['bilan'])
  })
})

describe('to stop sharing', () => {
  test('ends all the site has, tells it, and leaves the rest (ASVS 10.4.9, 10.7.3)', async () => {
    const visitor = await arrive('lecteur')
    const elsewhere = await arrive('lecteur')
    const own = await wire.tokensOf(visitor, 'guide-social')
    const shared = [await share(visitor, 'bilan'), await share(elsewhere, 'bilan')]
    const { code, verifier } = await wire.newCode(visitor, 'bilan', { scope: 'openid profile' })
    await press(visitor, 'bilan', 'retirer')
    expect(words(visitor)).toContain('Le partage est arrêté.')
    expect(words(visitor)).not.toContain('Mon bilan en ligne')
    expect((await wire.redeem({ code, verifier }, { client: 'bilan' })).status).toBe(400)
    for (const tokens of shared) {
      expect((await wire.userinfo(tokens.access)).status).toBe(401)
      expect((await wire.refresh(tokens.refresh, { client: 'bilan' })).body['error']).toBe(
        'invalid_grant',
      )
      for (const asking of ['bilan', 'resource-server']) {
        expect(await wire.introspect(tokens.access, asking)).toEqual({ active: false })
        expect(await wire.introspect(tokens.refresh, asking)).toEqual({ active: false })
      }
    }
    await until(() => heardBy('bilan').length === 2)
    const told = heardBy('bilan').map(({ token }) => decodeJwt(token)['sid'])
    expect(new Set(told)).toEqual(new Set(shared.map(({ id }) => decodeJwt(id)['sid'])))
    expect(heardBy('guide-social')).toHaveLength(0)
    expect((await wire.userinfo(own.access)).status).toBe(200)
    expect((await visitor.go(at('/compte'))).url.pathname).toBe('/compte')

    // The proof that it was given stays, with its end; the journal says so.
    expect((await consentOf('lecteur', 'bilan'))?.['withdrawn_at']).toBeInstanceOf(Date)
    const journal = await query(
      database,
      "select * from journal where account_id = $1 and event = 'consent-withdrawn'",
      [idOf('lecteur')],
    )
    expect(journal).toMatchObject([{ client_id: 'bilan' }])
  })

  test('and the site asks again, under a name it was not told has ended', async () => {
    const visitor = await arrive('collegue')
    const before = await share(visitor, 'bilan')
    await press(visitor, 'bilan', 'retirer')
    await visitor.go(wire.request('bilan', { scope: 'openid profile email' }).url)
    expect(isQuestion(visitor)).toBe(true)
    const after = await share(visitor, 'bilan')
    expect((await wire.userinfo(after.access)).status).toBe(200)
    expect((await wire.userinfo(before.access)).status).toBe(401)
    expect((await wire.refresh(before.refresh, { client: 'bilan' })).status).toBe(400)
    expect(decodeJwt(after.id)['sid']).not.toBe(decodeJwt(before.id)['sid'])
    expect((await consentOf('collegue', 'bilan'))?.['withdrawn_at']).toBeNull()
  })

  test('ends what a site may do in one’s absence, long after one has left', async () => {
    const visitor = await arrive('independant')
    const tokens = await share(visitor, 'partner', SHARED)
    await visitor.go(at('/logout'))
    await visitor.submit({
      form: 'form[action$="/logout/confirm"]',
      button: { name: 'logout', value: 'yes' },
    })
    const { status, body } = await wire.refresh(tokens.refresh, { client: 'partner' })
    const alive = status === 200 ? String(body['refresh_token']) : null
    const again = await arrive('independant')
    await press(again, 'partner', 'retirer')
    if (alive) {
      expect((await wire.refresh(alive, { client: 'partner' })).status).toBe(400)
      expect((await wire.userinfo(String(body['access_token']))).status).toBe(401)
    }
    expect((await consentOf('independant', 'partner'))?.['withdrawn_at']).toBeInstanceOf(Date)
  })

  test('while a sign-in there is under way: whoever is first, nothing comes back', async () => {
    const visitor = await arrive('multi')
    // Signed in, and not at that site yet: what it gets there rests on the consent alone.
    const elsewhere = await arrive('multi')
    for (let round = 0; round < 25; round += 1) {
      await share(visitor, 'bilan')
      await visitor.go(at('/compte/sites'))
      const jeton = String(visitor.page?.$('input[name=jeton]').attr('value'))
      const requests = [1, 2, 3, 4].map(() =>
        wire.request('bilan', { scope: 'openid profile email' }),
      )
      const [withdrawn, ...answers] = await Promise.all([
        visitor.request(at('/compte/sites/retirer'), {
          method: 'POST',
          headers: {
            'content-type': 'application/x-www-form-urlencoded',
            origin: myanm.issuer.origin,
          },
          body: new URLSearchParams({ jeton, site: 'bilan' }).toString(),
        }),
        ...requests.map(({ url }, number) => (number % 2 ? visitor : elsewhere).request(url)),
      ])
      expect(withdrawn?.status).toBe(303)
      for (const [number, answer] of answers.entries()) {
        expect(answer.status).toBe(303)
        const code = URL.parse(
          answer.headers.get('location') ?? '',
          myanm.issuer.href,
        )?.searchParams.get('code')
        if (!code) continue
        const verifier = String(requests[number]?.verifier)
        const { status, body } = await wire.redeem({ code, verifier }, { client: 'bilan' })
        expect([status, body['error']]).toEqual([400, 'invalid_grant'])
      }
      expect((await consentOf('multi', 'bilan'))?.['withdrawn_at']).toBeInstanceOf(Date)
      const left = await query(
        database,
        `select kind from oidc_artefact where account_id = $1 and payload ->> 'clientId' = 'bilan'
          and kind in ('Grant', 'AccessToken', 'RefreshToken')`,
        [idOf('multi')],
      )
      expect(left).toEqual([])
    }
  }, 60_000)

  test('while its tokens are renewed: none of them lives, nor after sharing again', async () => {
    const visitor = await arrive('gestionnaire')
    const withdraw = async (jeton: string) =>
      visitor.request(at('/compte/sites/retirer'), {
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          origin: myanm.issuer.origin,
        },
        body: new URLSearchParams({ jeton, site: 'bilan' }).toString(),
      })
    for (let round = 0; round < 6; round += 1) {
      const { refresh } = await share(visitor, 'bilan')
      await visitor.go(at('/compte/sites'))
      const jeton = String(visitor.page?.$('input[name=jeton]').attr('value'))
      // Both wait for the same row, the renewal first: it is written while the withdrawal already looks.
      const held = query(
        database,
        `with held as (
          select id from oidc_artefact where kind = 'RefreshToken' and account_id = $1 for update
        ) select pg_sleep(0.3) from held`,
        [idOf('gestionnaire')],
      )
      await pause(80)
      const renewal = wire.refresh(refresh, { client: 'bilan' })
      await pause(round % 2 ? 0 : 80)
      const [renewed, withdrawn] = await Promise.all([renewal, withdraw(jeton), held])
      expect(withdrawn.status).toBe(303)
      expect([200, 400]).toContain(renewed.status)
      await share(visitor, 'bilan')
      if (renewed.status !== 200) continue
      const { access_token: access, refresh_token: next } = renewed.body
      expect((await wire.userinfo(String(access))).status).toBe(401)
      expect((await wire.refresh(String(next), { client: 'bilan' })).status).toBe(400)
    }
  }, 60_000)

  test('with a site that one shares nothing with, or that is none, changes nothing', async () => {
    const visitor = await arrive('responsable')
    const neighbour = await arrive('voisin')
    const tokens = await share(neighbour, 'bilan')
    await wire.tokensOf(visitor, 'guide-social')
    await visitor.go(at('/compte/sites'))
    const jeton = String(visitor.page?.$('input[name=jeton]').attr('value'))
    for (const site of ['bilan', 'partner', 'inconnu', 'myanm', '', '../x', "' or 1=1 --"]) {
      for (const action of ['retirer', 'deconnecter']) {
        const page = await visitor.post(
          at(`/compte/sites/${action}`),
          { jeton, site },
          { origin: myanm.issuer.origin },
        )
        expect([site, page.status]).toEqual([site, 200])
      }
    }
    expect((await visitor.go(at('/compte'))).url.pathname).toBe('/compte')
    expect((await wire.userinfo(tokens.access)).status).toBe(200)
    expect((await consentOf('voisin', 'bilan'))?.['withdrawn_at']).toBeNull()
  })
})

describe('to sign out of one site of the house', () => {
  test('ends it there in every browser, and nowhere else', async () => {
    const visitor = await arrive('academie')
    const elsewhere = await arrive('academie')
    const tokens = [
      await wire.tokensOf(visitor, 'guide-social'),
      await wire.tokensOf(elsewhere, 'guide-social'),
    ]
    await visitor.go(at('/compte/sites'))
    expect(words(visitor)).toContain('connecté sur 2 appareils')
    await press(visitor, 'guide-social', 'deconnecter')
    expect(words(visitor)).toContain('Vous êtes déconnecté de ce site, sur tous vos appareils.')
    for (const { access, refresh } of tokens) {
      expect((await wire.userinfo(access)).status).toBe(401)
      expect(await wire.introspect(access, 'guide-social')).toEqual({ active: false })
      expect((await wire.refresh(refresh)).status).toBe(400)
    }
    await until(() => heardBy('guide-social').length === 2)
    for (const one of [visitor, elsewhere]) {
      expect((await one.go(at('/compte'))).url.pathname).toBe('/compte')
    }
    // One click, and one is back, with nothing to type: as a sign-in of its own.
    const again = await wire.tokensOf(visitor, 'guide-social')
    expect((await wire.userinfo(again.access)).status).toBe(200)
    expect(decodeJwt(again.id)['sid']).not.toBe(decodeJwt(String(tokens[0]?.id))['sid'])
    // Signed out of everything, the site hears of the new one.
    await visitor.go(at('/logout'))
    await visitor.submit({
      form: 'form[action$="/logout/confirm"]',
      button: { name: 'logout', value: 'yes' },
    })
    await until(() => heardBy('guide-social').length === 3)
    expect(decodeJwt(String(heardBy('guide-social')[2]?.token))['sid']).toBe(
      decodeJwt(again.id)['sid'],
    )
  })
})
