import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import {
  answerQuestions,
  arrange,
  newVisitor,
  PASSWORD,
  people,
  query,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  typeCredentials,
  type Visitor,
  withDatabase,
} from '@myanm/testing'
import {
  addsApplication,
  addsPasskey,
  givesCode,
  makesRecoveryCodes,
  questionOn,
} from './stage/second-factors.ts'
import { type Flaws, SoftwareAuthenticator } from './stage/software-authenticator.ts'
import { until } from './stage/until.ts'
import { onTheWire, type Wire } from './stage/wire.ts'

const AAL1 = 'urn:myanm:aal:1'
const AAL2 = 'urn:myanm:aal:2'

let database: TestDatabase
let myanm: TestIdp
let wire: Wire

beforeAll(async () => {
  database = await withDatabase()
  myanm = await startTestIdp({ database })
  wire = onTheWire(myanm.issuer)
})

afterAll(async () => {
  await myanm.stop()
  await database.drop()
})

const idOf = (key: string): string => myanm.accounts.get(key) ?? ''
const at = (path: string): URL => new URL(path, myanm.issuer)

afterEach(async () => {
  await query(database, 'delete from attempt')
  await query(database, 'delete from sign_in_failure')
  for (const table of ['passkey', 'one_time_password', 'recovery_code']) {
    await query(database, `delete from ${table}`)
  }
})

/** Types login and password at a site, and stops where that leads. */
async function comesTo(
  login: string,
  parameters: Record<string, string> = {},
  visitor = newVisitor(),
) {
  await visitor.go(wire.request('guide-social', parameters).url)
  await typeCredentials(visitor, login)
  return visitor
}

async function signedIn(login = 'lecteur'): Promise<Visitor> {
  const visitor = await comesTo(login)
  await answerQuestions(visitor)
  expect(visitor.page?.url.port).toBe('9999')
  return visitor
}

const isIn = (visitor: Visitor): boolean => visitor.page?.url.searchParams.get('code') != null
const isAskedForMore = (visitor: Visitor): boolean =>
  /\/connexion\/[^/]+\/second-facteur$/.test(visitor.page?.url.pathname ?? '')

async function claimsOf(visitor: Visitor, parameters: Record<string, string> = {}) {
  const { id } = await wire.tokensOf(visitor, 'guide-social', parameters)
  return JSON.parse(Buffer.from(id.split('.')[1] ?? '', 'base64url').toString()) as {
    acr: string
    amr: string[]
    auth_time: number
  }
}

const eventsOf = async (key: string): Promise<string[]> =>
  (
    await query<{ event: string }>(
      database,
      'select event from journal where account_id = $1 order by id',
      [idOf(key)],
    )
  ).map(({ event }) => event)

describe('with a password alone', () => {
  test('the tokens say so', async () => {
    const claims = await claimsOf(await signedIn())
    expect(claims).toMatchObject({ acr: AAL1, amr: ['pwd'] })
  })
})

describe('an application of codes', () => {
  test('is asked after the password from then on, and the tokens say so', async () => {
    const owner = await signedIn()
    const application = await addsApplication(owner, myanm.issuer)
    // Who has just set it up has just proven it.
    expect(await claimsOf(owner)).toMatchObject({ acr: AAL2, amr: ['pwd', 'otp', 'mfa'] })

    const visitor = await comesTo('lecteur')
    expect(isAskedForMore(visitor)).toBe(true)
    expect(
      (await visitor.go(wire.request('guide-social', { prompt: 'none' }).url)).url.searchParams.get(
        'error',
      ),
    ).toBe('login_required')
    const again = await comesTo('lecteur')
    await givesCode(again, application.code())
    expect(isIn(again)).toBe(true)
    expect(await claimsOf(again)).toMatchObject({ acr: AAL2, amr: ['pwd', 'otp', 'mfa'] })
  })

  test('each code is good once: of twenty at once one gets in', async () => {
    const application = await addsApplication(await signedIn(), myanm.issuer)
    const code = application.code()
    // Its tries are not what is tested here: the counter would stop the sixth.
    const visitors = await Promise.all(Array.from({ length: 5 }, () => comesTo('lecteur')))
    await Promise.all(visitors.map((visitor) => givesCode(visitor, code)))
    expect(visitors.filter(isIn)).toHaveLength(1)
    await query(database, 'delete from attempt')
    const late = await comesTo('lecteur')
    const page = await givesCode(late, code)
    expect(page.status).toBe(422)
    expect(page.text).toContain('a déjà servi')
  })

  test('a code of the step before and of the next is taken, an older one is not', async () => {
    const application = await addsApplication(await signedIn(), myanm.issuer)
    await query(database, 'update one_time_password set last_step = 0')
    const late = await comesTo('lecteur')
    expect((await givesCode(late, application.code(-3))).status).toBe(422)
    await givesCode(late, application.code(-1))
    expect(isIn(late)).toBe(true)
    const early = await comesTo('lecteur')
    await givesCode(early, application.code(1))
    expect(isIn(early)).toBe(true)
    // The codes before the one that was used are spent with it.
    const between = await comesTo('lecteur')
    expect((await givesCode(between, application.code(0))).status).toBe(422)
  })

  test('cannot be set up without its code, nor with somebody else’s secret', async () => {
    const owner = await signedIn()
    const page = await owner.go(at('/compte/securite/application'))
    const drawn = page.$('.written-secret').text()
    const wrong = await owner.submit({
      form: 'form[action^="/compte/securite/application"]',
      fields: { code: '000000' },
    })
    expect(wrong.status).toBe(422)
    // What was scanned already is still what the page shows.
    expect(wrong.$('.written-secret').text()).toBe(drawn)
    const other = await signedIn('voisin')
    await other.go(at('/compte/securite/application'))
    const stolen = await other.submit({
      form: 'form[action^="/compte/securite/application"]',
      fields: { secret: String(page.$('input[name=secret]').attr('value')), code: '123456' },
    })
    expect(stolen.status).toBe(422)
    expect(await query(database, 'select from one_time_password')).toHaveLength(0)
  })

  test('its secret cannot be read in the table', async () => {
    const owner = await signedIn()
    const page = await owner.go(at('/compte/securite/application'))
    const secret = page.$('.written-secret').text().replaceAll(' ', '')
    await addsApplication(owner, myanm.issuer)
    const [row] = await query<{ sealed_secret: string }>(
      database,
      'select * from one_time_password',
    )
    expect(row?.sealed_secret).not.toContain(secret)
    expect(Buffer.from(row?.sealed_secret ?? '', 'base64url').toString('latin1')).not.toMatch(
      /[A-Z2-7]{16}/,
    )
    // Moved to somebody else's row, it is nobody's.
    await query(database, 'update one_time_password set account_id = $1', [idOf('voisin')])
    const thief = await comesTo('voisin')
    expect(isAskedForMore(thief)).toBe(true)
    expect((await givesCode(thief, '123456')).status).toBe(422)
  })

  test('taken away, it is asked for no more; its person is told of both', async () => {
    const owner = await signedIn('independant')
    const before = myanm.letters.length
    await addsApplication(owner, myanm.issuer)
    await owner.go(at('/compte/securite/application'))
    const gone = await owner.submit({ form: 'form[action$="/retirer"]' })
    expect(gone.text).toContain('L’application est retirée.')
    const visitor = await comesTo('independant')
    expect(isIn(visitor)).toBe(true)
    await until(() => myanm.letters.length >= before + 2)
    const told = myanm.letters.slice(before).map(({ subject, to, text }) => ({ subject, to, text }))
    expect(told).toEqual([
      {
        subject: 'La sécurité de votre compte a changé',
        to: 'independant@exemple.be',
        text: expect.stringContaining('sont maintenant demandés'),
      },
      {
        subject: 'La sécurité de votre compte a changé',
        to: 'independant@exemple.be',
        text: expect.stringContaining('ne sont plus demandés'),
      },
    ])
    expect(await eventsOf('independant')).toEqual(
      expect.arrayContaining(['second-factor-added', 'second-factor-removed']),
    )
  })
})

describe('recovery codes', () => {
  test('stand in for what was lost, each once, in parallel too', async () => {
    const owner = await signedIn()
    await addsApplication(owner, myanm.issuer)
    const codes = await makesRecoveryCodes(owner, myanm.issuer)
    expect(new Set(codes).size).toBe(10)
    for (const code of codes) expect(code).toMatch(/^[\da-z]{4}(-[\da-z]{4}){3}$/)

    const visitors = await Promise.all(Array.from({ length: 5 }, () => comesTo('lecteur')))
    for (const visitor of visitors) await visitor.follow('Utiliser un code de secours')
    await Promise.all(visitors.map((visitor) => givesCode(visitor, codes[0] ?? '')))
    expect(visitors.filter(isIn)).toHaveLength(1)
    expect(await query(database, 'select from recovery_code where used_at is null')).toHaveLength(9)

    await query(database, 'delete from attempt')
    const other = await comesTo('lecteur')
    await other.follow('Utiliser un code de secours')
    await givesCode(other, (codes[1] ?? '').toUpperCase().replaceAll('-', ' '))
    expect(isIn(other)).toBe(true)
    expect(await claimsOf(other)).toMatchObject({ acr: AAL2 })
    await until(() => myanm.letters.some(({ text }) => text.includes('Un de vos codes de secours')))
    expect(await eventsOf('lecteur')).toContain('recovery-code-used')
  })

  test('are shown once, become good when kept, and replace those before', async () => {
    const owner = await signedIn()
    await addsApplication(owner, myanm.issuer)
    const shown = await owner.go(at('/compte/securite/codes'))
    const first = shown.$('.written-codes code').first().text()
    expect(await query(database, 'select from recovery_code')).toHaveLength(0)
    const kept = await makesRecoveryCodes(owner, myanm.issuer)
    expect(kept).not.toContain(first)
    const renewed = await makesRecoveryCodes(owner, myanm.issuer)
    const visitor = await comesTo('lecteur')
    await visitor.follow('Utiliser un code de secours')
    for (const code of [first, kept[0] ?? '']) {
      expect((await givesCode(visitor, code)).status).toBe(422)
    }
    await givesCode(visitor, renewed[0] ?? '')
    expect(isIn(visitor)).toBe(true)
  })

  test('none is in the table, and one of another person opens nothing', async () => {
    const owner = await signedIn()
    await addsApplication(owner, myanm.issuer)
    const codes = await makesRecoveryCodes(owner, myanm.issuer)
    const rows = await query<{ hash: Buffer }>(database, 'select hash from recovery_code')
    for (const { hash } of rows) {
      expect(hash).toHaveLength(32)
      for (const code of codes) expect(hash.toString('latin1')).not.toContain(code.slice(0, 4))
    }
    const other = await signedIn('voisin')
    await addsApplication(other, myanm.issuer)
    await makesRecoveryCodes(other, myanm.issuer)
    const thief = await comesTo('voisin')
    await thief.follow('Utiliser un code de secours')
    expect((await givesCode(thief, codes[0] ?? '')).status).toBe(422)
  })

  test('are nothing by themselves: with the last factor they go', async () => {
    const owner = await signedIn()
    await addsApplication(owner, myanm.issuer)
    await makesRecoveryCodes(owner, myanm.issuer)
    await owner.go(at('/compte/securite/application'))
    await owner.submit({ form: 'form[action$="/retirer"]' })
    expect(await query(database, 'select from recovery_code')).toHaveLength(0)
    expect(isIn(await comesTo('lecteur'))).toBe(true)
  })
})

describe('tries at a second factor', () => {
  test('are counted together, whichever way, before they are made: of twenty at once, five', async () => {
    const owner = await signedIn()
    const application = await addsApplication(owner, myanm.issuer)
    await makesRecoveryCodes(owner, myanm.issuer)
    const visitors = await Promise.all(Array.from({ length: 4 }, () => comesTo('lecteur')))
    for (const visitor of visitors.slice(2)) await visitor.follow('Utiliser un code de secours')
    const forms = visitors.map(({ page }) => page)
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, turn) => {
        const page = forms[turn % 4]
        const visitor = visitors[turn % 4]
        if (!page || !visitor) throw new Error('Nobody')
        const body = new URLSearchParams({
          jeton: String(page.$('input[name=jeton]').attr('value')),
          moyen: turn % 4 < 2 ? 'application' : 'secours',
          code: turn % 4 < 2 ? '000000' : '0000-0000-0000-0000',
        })
        const path = page.url.pathname
        const response = await visitor.request(at(path), {
          method: 'POST',
          body: body.toString(),
          headers: {
            'content-type': 'application/x-www-form-urlencoded',
            origin: myanm.issuer.origin,
          },
        })
        return response.status
      }),
    )
    expect(answers.filter((status) => status === 422)).toHaveLength(5)
    expect(answers.filter((status) => status === 429)).toHaveLength(15)
    const late = await comesTo('lecteur')
    const locked = await givesCode(late, application.code())
    expect(locked.status).toBe(429)
    expect(locked.text).toContain('Trop de tentatives. Réessayez dans 15 minutes.')
    expect(locked.headers.get('retry-after')).toBe('900')
    // A right password does not clear them.
    const again = await comesTo('lecteur')
    expect((await givesCode(again, application.code())).status).toBe(429)
  })

  test('that fail ninety times in a row close the codes, not the passkey', async () => {
    const owner = await signedIn()
    const application = await addsApplication(owner, myanm.issuer)
    const passkey = await addsPasskey(owner, myanm.issuer)
    await query(database, 'insert into sign_in_failure values ($1, 0, 89)', [idOf('lecteur')])
    const visitor = await comesTo('lecteur')
    await visitor.follow('Utiliser l’application de codes')
    expect((await givesCode(visitor, '000000')).status).toBe(422)
    const closed = await givesCode(visitor, application.code())
    expect([closed.status, closed.text.includes('Trop de codes ont échoué')]).toEqual([422, true])
    const page = await visitor.follow('Utiliser ma clé d’accès')
    await visitor.submit({
      form: 'form[data-passkey]',
      fields: { reponse: passkey.get(questionOn(page)) },
    })
    expect(isIn(visitor)).toBe(true)
  })
})

describe('a passkey', () => {
  test('signs in alone, as two proofs', async () => {
    const passkey = await addsPasskey(await signedIn(), myanm.issuer)
    const visitor = newVisitor()
    const page = await visitor.go(wire.request('guide-social').url)
    expect(questionOn(page).allowCredentials ?? []).toEqual([])
    await visitor.submit({
      form: 'form[data-passkey]',
      fields: { reponse: passkey.get(questionOn(page)) },
    })
    expect(isIn(visitor)).toBe(true)
    expect(await claimsOf(visitor)).toMatchObject({ acr: AAL2, amr: ['hwk', 'user', 'mfa'] })
  })

  test('that is copied to other devices says so, and need not count', async () => {
    const passkey = await addsPasskey(await signedIn(), myanm.issuer, 'synced')
    for (let turn = 0; turn < 2; turn += 1) {
      const visitor = newVisitor()
      const page = await visitor.go(wire.request('guide-social').url)
      await visitor.submit({
        form: 'form[data-passkey]',
        fields: { reponse: passkey.get(questionOn(page)) },
      })
      expect(await claimsOf(visitor)).toMatchObject({ amr: ['swk', 'user', 'mfa'] })
    }
  })

  test('is asked after the password as a second factor', async () => {
    const passkey = await addsPasskey(await signedIn(), myanm.issuer)
    const visitor = await comesTo('lecteur')
    expect(isAskedForMore(visitor)).toBe(true)
    const question = questionOn(visitor.page ?? (await visitor.go('/')))
    expect(question.allowCredentials?.map(({ id }) => id)).toEqual([passkey.name])
    await visitor.submit({ form: 'form[data-passkey]', fields: { reponse: passkey.get(question) } })
    expect(isIn(visitor)).toBe(true)
    expect((await claimsOf(visitor)).amr).toEqual(['pwd', 'hwk', 'user', 'mfa'])
  })

  const tryWith = async (
    answer: (question: ReturnType<typeof questionOn>) => string,
  ): Promise<[number, boolean, boolean]> => {
    const visitor = newVisitor()
    const page = await visitor.go(wire.request('guide-social').url)
    const told = await visitor.submit({
      form: 'form[data-passkey]',
      fields: { reponse: answer(questionOn(page)) },
    })
    return [told.status, told.text.includes('n’est pas reconnue'), isIn(visitor)]
  }
  const REFUSED = [422, true, false]
  const ACCEPTED = [303, false, true]

  test.each<[string, Flaws]>([
    ['another address', { origin: 'https://myanm.example' }],
    ['another address below ours', { origin: 'http://evil.localhost' }],
    ['another relying party', { rpId: 'evil.example' }],
    ['a person who was not checked', { userVerified: false }],
    ['a person who was not there', { userPresent: false, userVerified: false }],
    ['another question', { challenge: Buffer.alloc(54).toString('base64url') }],
    ['another person’s handle', { userHandle: Buffer.alloc(32).toString('base64url') }],
    ['no handle at all', { userHandle: null }],
    ['a counter that went back', { counter: 0 }],
    ['another key', { forged: true }],
    ['another gesture', { type: 'webauthn.create' }],
  ])('with %s is refused', async (_what, flaws) => {
    const passkey = await addsPasskey(await signedIn(), myanm.issuer)
    passkey.counter = 5
    expect(await tryWith((question) => passkey.get(question))).toEqual(ACCEPTED)
    expect(await tryWith((question) => passkey.get(question, flaws))).toEqual(REFUSED)
    expect(await tryWith((question) => passkey.get(question))).toEqual(ACCEPTED)
  })

  test('nobody registered is refused, and garbage too', async () => {
    const stranger = new SoftwareAuthenticator(myanm.issuer)
    stranger.create({ challenge: 'x', user: { id: 'eA' } })
    expect(await tryWith((question) => stranger.get(question))).toEqual(REFUSED)
    for (const garbage of ['', '{', 'null', '[]', '{"id":1}', '{"__proto__":{}}', '"\\ud800"']) {
      expect(await tryWith(() => garbage)).toEqual(REFUSED)
    }
  })

  test('answered once is answered: a replay is refused, in parallel too, and in another browser', async () => {
    const passkey = await addsPasskey(await signedIn(), myanm.issuer, 'synced')
    const visitor = newVisitor()
    const page = await visitor.go(wire.request('guide-social').url)
    const reponse = passkey.get(questionOn(page))
    const jeton = String(page.$('input[name=jeton]').attr('value'))
    const path = `${page.url.pathname}/cle`
    const post = () =>
      visitor.request(at(path), {
        method: 'POST',
        body: new URLSearchParams({ jeton, reponse }).toString(),
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          origin: myanm.issuer.origin,
        },
      })
    // Another browser's question has another answer.
    expect(await tryWith(() => reponse)).toEqual(REFUSED)
    const statuses = await Promise.all(Array.from({ length: 8 }, async () => (await post()).status))
    expect(statuses.filter((status) => status === 303)).toHaveLength(1)
    expect(statuses.filter((status) => status === 422)).toHaveLength(7)
  })

  test('of another account is no second factor for this one', async () => {
    await addsPasskey(await signedIn(), myanm.issuer)
    const others = await addsPasskey(await signedIn('voisin'), myanm.issuer)
    const visitor = await comesTo('lecteur')
    const question = questionOn(visitor.page ?? (await visitor.go('/')))
    const page = await visitor.submit({
      form: 'form[data-passkey]',
      fields: { reponse: others.get(question) },
    })
    expect([page.status, isIn(visitor)]).toEqual([422, false])
  })

  test('made for one account is not added to another, nor twice', async () => {
    const owner = await signedIn()
    const page = await owner.go(at('/compte/securite/cle'))
    const passkey = new SoftwareAuthenticator(myanm.issuer)
    const reponse = passkey.create(questionOn(page))
    const other = await signedIn('voisin')
    await other.go(at('/compte/securite/cle'))
    const stolen = await other.submit({ form: 'form[data-passkey]', fields: { nom: 'x', reponse } })
    expect(stolen.status).toBe(422)
    await owner.submit({ form: 'form[data-passkey]', fields: { nom: 'Ma clé', reponse } })
    const again = await owner.post(
      at('/compte/securite/cle'),
      {
        jeton: String(page.$('input[name=jeton]').attr('value')),
        nom: 'Encore',
        reponse,
      },
      { origin: myanm.issuer.origin },
    )
    expect(again.status).toBe(422)
    expect(await query(database, 'select from passkey')).toHaveLength(1)
  })

  test.each<[string, Flaws]>([
    ['at another address', { origin: 'https://myanm.example' }],
    ['for another relying party', { rpId: 'evil.example' }],
    ['without checking the person', { userVerified: false }],
    ['for another question', { challenge: Buffer.alloc(54).toString('base64url') }],
  ])('made %s is not kept', async (_how, flaws) => {
    const owner = await signedIn()
    const page = await owner.go(at('/compte/securite/cle'))
    const reponse = new SoftwareAuthenticator(myanm.issuer).create(questionOn(page), flaws)
    const refused = await owner.submit({
      form: 'form[data-passkey]',
      fields: { nom: 'x', reponse },
    })
    expect(refused.status).toBe(422)
    expect(refused.$('input[name=nom]').attr('value')).toBe('x')
    expect(await query(database, 'select from passkey')).toHaveLength(0)
  })

  test('is given a name, renamed, taken away by its owner alone', async () => {
    const owner = await signedIn()
    await addsPasskey(owner, myanm.issuer)
    const list = await owner.go(at('/compte/securite'))
    const href = String(list.$('a[href^="/compte/securite/cle/"]').attr('href'))
    await owner.go(at(href))
    const renamed = await owner.submit({ fields: { nom: '<b>Clé</b> à moi' } })
    expect(renamed.text).toContain('<b>Clé</b> à moi')
    const stranger = await signedIn('voisin')
    expect((await stranger.go(at(href))).status).toBe(404)
    await stranger.go(at('/compte'))
    const jeton = String((await stranger.go(at('/logout'))).$('input[name=jeton]').attr('value'))
    const tried = await stranger.post(
      at(`${href}/retirer`),
      { jeton },
      { origin: myanm.issuer.origin },
    )
    expect([403, 404]).toContain(tried.status)
    await owner.go(at(href))
    const gone = await owner.submit({ form: 'form[action$="/retirer"]' })
    expect(gone.text).toContain('La clé d’accès est retirée.')
    expect(await eventsOf('lecteur')).toEqual(
      expect.arrayContaining(['passkey-added', 'passkey-removed']),
    )
  })

  test('the question is the same for everybody who has not said who they are', async () => {
    const passkey = await addsPasskey(await signedIn(), myanm.issuer)
    const shapes = []
    for (const login of ['lecteur', 'personne-ici']) {
      const visitor = newVisitor()
      await visitor.go(wire.request('guide-social', { login_hint: login }).url)
      const question = questionOn(visitor.page ?? (await visitor.go('/')))
      shapes.push({ ...question, challenge: question.challenge.length })
      expect(JSON.stringify(question)).not.toContain(passkey.name)
      const second = await visitor.submit({ fields: { identifiant: login } })
      // Not before the password: who has a passkey is nobody's business.
      expect(second.$('form[data-passkey]')).toHaveLength(0)
    }
    expect(shapes[0]).toEqual(shapes[1])
  })

  test('opens the door that strangers have locked', async () => {
    const passkey = await addsPasskey(await signedIn(), myanm.issuer)
    const attacker = await comesTo('personne')
    for (let turn = 0; turn < 6; turn += 1) {
      await attacker.go(wire.request('guide-social').url)
      await typeCredentials(attacker, 'lecteur', 'ce-n-est-pas-cela')
    }
    expect(attacker.page?.status).toBe(429)
    expect(await tryWith((question) => passkey.get(question))).toEqual(ACCEPTED)
  })
})

describe('every way to a session asks for the second factor', () => {
  let owner: Visitor
  beforeEach(async () => {
    owner = await signedIn('responsable')
    await addsApplication(owner, myanm.issuer)
  })

  test('the state of the account is told after it, not before', async () => {
    await arrange(database, "update account set state = 'suspended' where id = $1", [
      idOf('responsable'),
    ])
    const visitor = await comesTo('responsable')
    expect(isAskedForMore(visitor)).toBe(true)
    expect(visitor.page?.text).not.toContain('suspendu')
    await arrange(database, "update account set state = 'active' where id = $1", [
      idOf('responsable'),
    ])
  })

  test('a password to replace waits behind it, and so does its page', async () => {
    await query(database, 'update account set must_change_password = true where id = $1', [
      idOf('responsable'),
    ])
    const visitor = await comesTo('responsable')
    expect(isAskedForMore(visitor)).toBe(true)
    const journey = visitor.page?.url.pathname.split('/')[2] ?? ''
    for (const page of ['nouveau-mot-de-passe', 'inscription/confirmez', 'suppression']) {
      await visitor.go(at(`/connexion/${journey}/${page}`))
      expect(visitor.page?.$('input[name=confirmation]')).toHaveLength(0)
      expect(isIn(visitor)).toBe(false)
    }
    await query(database, 'update account set must_change_password = false where id = $1', [
      idOf('responsable'),
    ])
  })

  test('going straight to the resume address gives nothing', async () => {
    const visitor = await comesTo('responsable')
    const journey = visitor.page?.url.pathname.split('/')[2] ?? ''
    await visitor.go(at(`/authorize/${journey}`))
    expect(isIn(visitor)).toBe(false)
    const none = await visitor.go(wire.request('guide-social', { prompt: 'none' }).url)
    expect(none.url.searchParams.get('error')).toBe('login_required')
  })

  test('a page of the second factor nobody stands in front of leads to the beginning', async () => {
    const visitor = newVisitor()
    const { url } = await visitor.go(wire.request('guide-social').url)
    for (const more of ['', '?moyen=secours', '/perdu']) {
      const page = await visitor.go(at(`${url.pathname}/second-facteur${more}`))
      expect(page.url.pathname).toBe(url.pathname)
    }
  })

  test('« rester connecté » is remembered across it', async () => {
    const application = await addsApplicationAgain()
    const visitor = newVisitor()
    await visitor.go(wire.request('guide-social').url)
    await visitor.submit({ fields: { identifiant: 'responsable' } })
    await visitor.submit({ fields: { mot_de_passe: PASSWORD, rester_connecte: 'oui' } })
    await givesCode(visitor, application.code())
    expect(isIn(visitor)).toBe(true)
    const cookies = await visitor.jar.getCookies(myanm.issuer.href)
    expect(cookies.find(({ key }) => key === 'myanm')?.expires).not.toBe('Infinity')
  })

  async function addsApplicationAgain() {
    await query(database, 'delete from one_time_password')
    return addsApplication(owner, myanm.issuer)
  }
})

describe('a site may ask for more', () => {
  test('somebody with a recent password gives the second factor only', async () => {
    const owner = await signedIn('collegue')
    const application = await addsApplication(owner, myanm.issuer)
    await query(
      database,
      "update oidc_artefact set payload = (payload::jsonb || $1)::json where kind = 'Session' and account_id = $2",
      [JSON.stringify({ acr: AAL1, amr: ['pwd'] }), idOf('collegue')],
    )
    const before = await claimsOf(owner)
    expect(before).toMatchObject({ acr: AAL1 })
    const page = await owner.go(wire.request('guide-social', { acr_values: AAL2 }).url)
    expect(page.url.pathname).toMatch(/second-facteur$/)
    await givesCode(owner, application.code())
    expect(isIn(owner)).toBe(true)
    const after = await claimsOf(owner, { acr_values: AAL2 })
    expect(after).toMatchObject({ acr: AAL2, amr: ['pwd', 'otp', 'mfa'] })
    // What was proven first keeps its time: adding a code does not make a password younger.
    expect(after.auth_time).toBe(before.auth_time)
  })

  test('somebody whose password is old gives both', async () => {
    const owner = await signedIn('collegue')
    const application = await addsApplication(owner, myanm.issuer)
    await query(
      database,
      "update oidc_artefact set payload = (payload::jsonb || $1)::json where kind = 'Session' and account_id = $2",
      [
        JSON.stringify({ acr: AAL1, amr: ['pwd'], loginTs: Math.floor(Date.now() / 1000) - 700 }),
        idOf('collegue'),
      ],
    )
    const page = await owner.go(wire.request('guide-social', { acr_values: AAL2 }).url)
    expect(page.url.pathname).toMatch(/mot-de-passe$/)
    await owner.submit({ fields: { mot_de_passe: PASSWORD } })
    expect(isAskedForMore(owner)).toBe(true)
    await givesCode(owner, application.code())
    expect(isIn(owner)).toBe(true)
  })

  test('as an essential claim too, and with nothing to ask it says so', async () => {
    const owner = await signedIn('collegue')
    const claims = (acr: object) => JSON.stringify({ id_token: { acr } })
    for (const acr of [
      { essential: true, value: AAL2 },
      { essential: true, values: [AAL2] },
    ]) {
      const none = wire.request('guide-social', { claims: claims(acr), prompt: 'none' }).url
      expect((await owner.go(none)).url.searchParams.get('error')).toBe('login_required')
    }
    const never = wire.request('guide-social', {
      claims: claims({ essential: true, value: 'urn:elsewhere' }),
    }).url
    expect((await owner.go(never)).url.searchParams.get('error')).toBe(
      'unmet_authentication_requirements',
    )
    const wished = { claims: claims({ value: 'urn:elsewhere' }) }
    expect(await claimsOf(owner, wished)).toMatchObject({ acr: AAL1 })
  })

  test('claims about a person are told by scopes, not by the claims parameter', async () => {
    const owner = await signedIn('collegue')
    const asked = JSON.stringify({
      id_token: { email: { essential: true }, __proto__: null, acr: null },
      userinfo: { email: null, bilan: null },
    })
    const parameters = { scope: 'openid', claims: asked }
    const tokens = await wire.tokensOf(owner, 'guide-social', parameters)
    expect((await wire.userinfo(tokens.access)).body).not.toHaveProperty('email')
  })

  test('the discovery says which levels there are', async () => {
    const document = (await (
      await fetch(at('/.well-known/openid-configuration'))
    ).json()) as Record<string, unknown>
    expect(document['acr_values_supported']).toEqual([AAL1, AAL2])
  })

  test('somebody without a second factor is led to set one up, and back', async () => {
    const owner = await signedIn('candidat')
    const page = await owner.go(wire.request('guide-social', { acr_values: AAL2 }).url)
    expect(page.text).toContain('Guide Social demande une connexion renforcée')
    const overview = await owner.follow('Ajouter un deuxième moyen')
    expect(overview.text).not.toContain('Vous pouvez continuer')
    await owner.follow('Utiliser une application de codes')
    const secret = owner.page?.$('.written-secret').text() ?? ''
    const { applicationOf } = await import('./stage/second-factors.ts')
    await givesSetUpCode(owner, applicationOf(secret).code())
    // First the codes on paper, then the way on.
    expect(owner.page?.url.pathname).toBe('/compte/securite/codes')
    const done = await owner.submit({ form: 'form[action^="/compte/securite/codes"]' })
    expect(done.text).toContain('Vous pouvez continuer')
    await owner.follow('Continuer')
    await answerQuestions(owner)
    expect(isIn(owner)).toBe(true)
  })

  const givesSetUpCode = (visitor: Visitor, code: string) =>
    visitor.submit({ form: 'form[action^="/compte/securite/application"]', fields: { code } })
})

describe('what protects an account is changed', () => {
  test('by somebody who proved who they are in the last ten minutes', async () => {
    const owner = await signedIn('voisin')
    await query(
      database,
      "update oidc_artefact set payload = (payload::jsonb || $1)::json where kind = 'Session' and account_id = $2",
      [JSON.stringify({ loginTs: Math.floor(Date.now() / 1000) - 700 }), idOf('voisin')],
    )
    for (const path of ['cle', 'application', 'codes']) {
      const page = await owner.go(at(`/compte/securite/${path}`))
      expect(page.url.pathname).toMatch(/\/connexion\/[^/]+\/mot-de-passe$/)
      expect(page.text).toContain('voisin@exemple.be')
    }
    const back = await owner.submit({ fields: { mot_de_passe: PASSWORD } })
    // Codes stand in for a factor there is not.
    expect(back.url.pathname).toBe('/compte/securite')
  })

  test('with the second factor, by a session that began before there was one', async () => {
    const elsewhere = await signedIn('voisin')
    const owner = await signedIn('voisin')
    const application = await addsApplication(owner, myanm.issuer)
    const asked = await elsewhere.go(at('/compte/securite/application'))
    expect(asked.url.pathname).toMatch(/second-facteur$/)
    const back = await givesCode(elsewhere, application.code())
    expect(back.url.pathname).toBe('/compte/securite/application')
  })

  test('and the session takes another name when it knows more', async () => {
    const owner = await signedIn('voisin')
    const nameOf = async () =>
      (await owner.jar.getCookies(myanm.issuer.href)).find(({ key }) => key === 'myanm')?.value
    const before = await nameOf()
    await addsApplication(owner, myanm.issuer)
    const after = await nameOf()
    expect(after).not.toBe(before)
    const thief = newVisitor()
    await thief.jar.setCookie(`myanm=${before}`, myanm.issuer.href)
    const page = await thief.go(at('/compte'))
    expect(page.url.pathname).toMatch(/^\/connexion\//)
  })
})

test('everybody of the scene is as they were', () => {
  expect(people.length).toBeGreaterThan(5)
})
