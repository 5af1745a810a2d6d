import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import {
  client,
  query,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  typeCredentials,
  Visitor,
  withDatabase,
} from '@myanm/testing'
import { decodeJwt } from 'jose'
import { type ListeningSite, listeningSite } from './stage/listening-site.ts'
import { until } from './stage/until.ts'
import { onTheWire, type Wire } from './stage/wire.ts'

const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; rv:145.0) Gecko/20100101 Firefox/145.0'
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 Version/26.0 Mobile Safari/604.1'

let database: TestDatabase
let myanm: TestIdp
let wire: Wire
let guideSocial: ListeningSite

beforeAll(async () => {
  database = await withDatabase()
  guideSocial = await listeningSite()
  myanm = await startTestIdp({
    database,
    clients: [
      client({ id: 'guide-social', name: 'Guide Social', kind: 'site', home: guideSocial.home }),
      client({ id: 'bilan' }),
    ],
  })
  wire = onTheWire(myanm.issuer)
})

afterAll(async () => {
  await guideSocial.close()
  await myanm.stop()
  await database.drop()
})

beforeEach(() => guideSocial.forget())

const at = (path: string) => new URL(path, myanm.issuer)
const idOf = (key: string) => String(myanm.accounts.get(key))
const words = (visitor: Visitor) => visitor.page?.text ?? ''

/** A visitor whose browser says what it is. */
class Browser extends Visitor {
  readonly #said: string

  constructor(said: string) {
    super({ stopAt: (url) => url.port === '9999' })
    this.#said = said
  }

  override request(url: URL, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    headers.set('user-agent', this.#said)
    return super.request(url, { ...init, headers })
  }
}

async function arrive(key: string, said = FIREFOX): Promise<Visitor> {
  const visitor = new Browser(said)
  await visitor.go(at('/compte/sessions'))
  await typeCredentials(visitor, key)
  if (visitor.page?.url.pathname !== '/compte/sessions') throw new Error(words(visitor))
  return visitor
}

const isIn = async (visitor: Visitor) =>
  (await visitor.go(at('/compte'))).url.pathname === '/compte'
const uidsOn = (visitor: Visitor) =>
  visitor.page
    ?.$('form[action$="/pas-moi"] input[name=appareil]')
    .toArray()
    .map((field) => String(visitor.page?.$(field).attr('value'))) ?? []

describe('my devices', () => {
  test('are shown by browser and system, with when and where, and which one this is', async () => {
    const visitor = await arrive('lecteur')
    const phone = await arrive('lecteur', IPHONE)
    await wire.tokensOf(phone, 'guide-social')
    const strange = await arrive('lecteur', `<script>alert(1)</script>${'x'.repeat(2000)}`)
    await visitor.go(at('/compte/sessions'))
    const rows = visitor.page?.$('.rows .row').toArray() ?? []
    const texts = rows.map((row) => visitor.page?.$(row).text().replaceAll(/\s+/g, ' ') ?? '')
    expect(texts).toHaveLength(3)
    expect(texts[0]).toContain('Firefox sur Windows')
    expect(texts[0]).toContain('cet appareil')
    expect(texts[0]).toMatch(/Connecté depuis le \w{3} \d\d\/\d\d\/\d{4} - \d\d:\d\d/)
    const [iphone] = texts.filter((text) => text.includes('Safari sur iPhone'))
    expect(iphone).toMatch(/vu pour la dernière fois le \w{3} \d\d\/\d\d\/\d{4} - \d\d:\d\d/)
    expect(iphone).toContain('Sites ouverts : Guide Social')
    expect(iphone).not.toContain('iPhone cet appareil')
    expect(texts.some((text) => text.includes('Appareil inconnu'))).toBe(true)
    expect(visitor.page?.html).not.toContain('alert(1)')
    expect(await isIn(strange)).toBe(true)
  })

  test('remember no version and no whole address', async () => {
    await arrive('candidat')
    const devices = await query(database, 'select * from device where account_id = $1', [
      idOf('candidat'),
    ])
    expect(devices).toMatchObject([{ browser: 'Firefox', system: 'Windows', amr: ['pwd'] }])
    expect(JSON.stringify(devices)).not.toMatch(/145|127\.0\.0\.1"|::1"/)
  })

  test('proven anew, it is still one device', async () => {
    const visitor = await arrive('academie')
    await query(
      database,
      `update oidc_artefact set payload = jsonb_set(payload::jsonb, '{loginTs}',
        to_jsonb((payload ->> 'loginTs')::int - 900))::json
        where kind = 'Session' and account_id = $1`,
      [idOf('academie')],
    )
    await visitor.go(at('/compte/connexion/login'))
    await typeCredentials(visitor, 'academie')
    expect(visitor.page?.url.pathname).toBe('/compte/connexion/login')
    const { length } = await query(database, 'select from device where account_id = $1', [
      idOf('academie'),
    ])
    expect(length).toBe(1)
  })

  test('are forgotten with their sessions', async () => {
    const visitor = await arrive('conseiller')
    await visitor.go(at('/logout'))
    await visitor.submit({
      form: 'form[action$="/logout/confirm"]',
      button: { name: 'logout', value: 'yes' },
    })
    await query(database, "select idp_jobs.add_job('sweep-expired', '{}')")
    await until(async () => {
      const { length } = await query(database, 'select from device where account_id = $1', [
        idOf('conseiller'),
      ])
      return length === 0
    })
  })
})

describe('a device', () => {
  test('signed out from another is out at once, at MyANM and at the sites', async () => {
    const visitor = await arrive('collegue')
    const phone = await arrive('collegue', IPHONE)
    const tokens = await wire.tokensOf(phone, 'guide-social')
    const own = await wire.tokensOf(visitor, 'guide-social')
    await visitor.go(at('/compte/sessions'))
    await visitor.submit({ form: 'form[action$="/deconnecter"]' })
    expect(words(visitor)).toContain('L’appareil choisi est déconnecté')
    expect(words(visitor)).not.toContain('iPhone')
    expect((await wire.userinfo(tokens.access)).status).toBe(401)
    expect(await wire.introspect(tokens.access)).toEqual({ active: false })
    expect((await wire.refresh(tokens.refresh)).status).toBe(400)
    await until(() => guideSocial.tokens.length > 0)
    expect(guideSocial.tokens).toHaveLength(1)
    const [told] = guideSocial.tokens
    expect(decodeJwt(String(told?.token))['sid']).toBe(decodeJwt(tokens.id)['sid'])
    expect(await isIn(phone)).toBe(false)
    expect(await isIn(visitor)).toBe(true)
    expect((await wire.userinfo(own.access)).status).toBe(200)
  })

  test('all others at once, and only they', async () => {
    const visitor = await arrive('responsable')
    const others = await Promise.all([1, 2, 3].map(() => arrive('responsable', IPHONE)))
    const neighbour = await arrive('voisin')
    await visitor.go(at('/compte/sessions'))
    await visitor.submit({ form: 'form[action$="/deconnecter-les-autres"]' })
    expect(words(visitor)).toContain('Tous vos autres appareils sont déconnectés.')
    expect(words(visitor)).toContain('Votre compte n’est ouvert nulle part ailleurs.')
    for (const other of others) expect(await isIn(other)).toBe(false)
    expect(await isIn(visitor)).toBe(true)
    expect(await isIn(neighbour)).toBe(true)
  })

  test('while its site renews its tokens: it is out all the same, and nobody waits in vain', async () => {
    const visitor = await arrive('academie')
    for (let round = 0; round < 4; round += 1) {
      const phone = await arrive('academie', IPHONE)
      const { refresh } = await wire.tokensOf(phone, 'guide-social')
      await visitor.go(at('/compte/sessions'))
      // Both wait for the row of the token, the renewal first.
      const held = query(
        database,
        `with held as (
          select id from oidc_artefact where kind = 'RefreshToken' and account_id = $1 for update
        ) select pg_sleep(0.3) from held limit 1`,
        [idOf('academie')],
      )
      await new Promise((resolve) => setTimeout(resolve, 80))
      const renewal = wire.refresh(refresh)
      await new Promise((resolve) => setTimeout(resolve, 60))
      await Promise.all([
        visitor.submit({ form: 'form[action$="/deconnecter-les-autres"]' }),
        renewal,
        held,
      ])
      expect(words(visitor)).toContain('Tous vos autres appareils sont déconnectés.')
      const renewed = await renewal
      expect([200, 400]).toContain(renewed.status)
      expect(await isIn(phone)).toBe(false)
      if (renewed.status === 200) {
        expect((await wire.userinfo(String(renewed.body['access_token']))).status).toBe(401)
        expect((await wire.refresh(String(renewed.body['refresh_token']))).status).toBe(400)
      }
    }
  })

  test('« ce n’est pas moi » ends it and leads to a safer account in one page', async () => {
    const visitor = await arrive('particulier')
    const thief = await arrive('particulier', IPHONE)
    await visitor.go(at('/compte/sessions'))
    await visitor.submit({ form: 'form[action$="/pas-moi"]' })
    expect(visitor.page?.url.pathname).toBe('/compte/sessions/proteger')
    expect(await isIn(thief)).toBe(false)
    await visitor.go(at('/compte/sessions/proteger'))
    for (const path of [
      '/compte/connexion/mot-de-passe',
      '/compte/connexion',
      '/compte/securite',
    ]) {
      expect(visitor.page?.$(`main a[href="${path}"]`).length).toBeGreaterThan(0)
    }
  })

  test('of somebody else is out of reach, whoever knows its name', async () => {
    const neighbour = await arrive('voisin')
    const tokens = await wire.tokensOf(neighbour, 'guide-social')
    const [session] = await query<{ session_uid: string; id: string }>(
      database,
      `select session_uid, encode(id, 'hex') as id from oidc_artefact
        where kind = 'Session' and account_id = $1`,
      [idOf('voisin')],
    )
    const visitor = await arrive('gestionnaire')
    await arrive('gestionnaire', IPHONE)
    await visitor.go(at('/compte/sessions'))
    const [ownOther] = uidsOn(visitor)
    expect(ownOther).toBeDefined()
    const jeton = String(visitor.page?.$('input[name=jeton]').attr('value'))
    const origin = myanm.issuer.origin
    const names = [session?.session_uid, session?.id, '%', '', "' or true --", '__proto__']
    for (const path of ['deconnecter', 'pas-moi']) {
      for (const appareil of names) {
        const fields = { jeton, appareil: String(appareil) }
        const page = await visitor.post(at(`/compte/sessions/${path}`), fields, { origin })
        expect(page.status).toBe(200)
      }
    }
    expect(await isIn(neighbour)).toBe(true)
    expect((await wire.userinfo(tokens.access)).status).toBe(200)
    expect(uidsOn(await visitor.go(at('/compte/sessions')).then(() => visitor))).toEqual([ownOther])
  })

  test('this one leaves by the front door, not from the list', async () => {
    const visitor = await arrive('independant')
    await arrive('independant', IPHONE)
    await visitor.go(at('/compte/sessions'))
    const jeton = String(visitor.page?.$('input[name=jeton]').attr('value'))
    const [own] = await query<{ session_uid: string }>(
      database,
      `select session_uid from device where account_id = $1 and browser = 'Firefox'`,
      [idOf('independant')],
    )
    await visitor.post(
      at('/compte/sessions/deconnecter'),
      { jeton, appareil: String(own?.session_uid) },
      { origin: myanm.issuer.origin },
    )
    expect(await isIn(visitor)).toBe(true)
    await visitor.go(at('/compte/sessions'))
    await visitor.follow('Se déconnecter')
    expect(visitor.page?.url.pathname).toBe('/logout')
  })

  test('ended from two places at once ends once', async () => {
    const visitors = await Promise.all([arrive('multi'), arrive('multi')])
    const third = await arrive('multi', IPHONE)
    await Promise.all(visitors.map((visitor) => visitor.go(at('/compte/sessions'))))
    const [session] = await query<{ session_uid: string }>(
      database,
      `select session_uid from device where account_id = $1 and system = 'iPhone'`,
      [idOf('multi')],
    )
    const jetons = visitors.map((visitor) =>
      String(visitor.page?.$('input[name=jeton]').attr('value')),
    )
    await Promise.all(
      visitors.map((visitor, number) =>
        visitor.post(
          at('/compte/sessions/deconnecter'),
          { jeton: String(jetons[number]), appareil: String(session?.session_uid) },
          { origin: myanm.issuer.origin },
        ),
      ),
    )
    const answers = visitors.map(words)
    expect(
      answers.filter((text) => text.includes('L’appareil choisi est déconnecté')),
    ).toHaveLength(1)
    expect(answers.filter((text) => text.includes('était déjà déconnecté'))).toHaveLength(1)
    expect(await isIn(third)).toBe(false)
    const ends = await query(
      database,
      "select from journal where account_id = $1 and event = 'session-ended'",
      [idOf('multi')],
    )
    expect(ends).toHaveLength(1)
  })
})
