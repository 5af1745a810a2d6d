import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import {
  arrange,
  beginFlow,
  discover,
  newVisitor,
  PASSWORD,
  query,
  redeem,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  typeCredentials,
  Visitor,
  withDatabase,
} from '@myanm/testing'
import { until } from './stage/until.ts'

const NEW = 'le chat du balcon dort encore'

let database: TestDatabase
let myanm: TestIdp

beforeAll(async () => {
  database = await withDatabase()
  myanm = await startTestIdp({ database })
})

afterAll(async () => {
  await myanm.stop()
  await database.drop()
})

/** Carried over from before MyANM: a login, perhaps an address, no password. */
beforeEach(() =>
  arrange(
    database,
    `update account set state = 'legacy', password_hash = null, email = 'ancien@exemple.be',
        email_confirmed_at = null, must_change_password = false where login = 'ancien'`,
  ),
)

afterEach(async () => {
  await query(database, 'delete from attempt')
  await query(database, 'delete from proof')
  await query(database, 'delete from contact_message')
})

const letters = () => myanm.letters.filter(({ to }) => to === 'ancien@exemple.be')
const codeIn = (text: string): string => /^\s*(\d{4} \d{4})\s*$/m.exec(text)?.[1] ?? ''
const linkIn = (text: string): string => /http\S+\/mot-de-passe\/\S+/.exec(text)?.[0] ?? ''

/** Comes from a site and types the old login: the first step. */
async function come(login = 'ancien', client = 'guide-social') {
  const configuration = await discover(myanm.issuer, client)
  const flow = await beginFlow(configuration)
  const visitor = newVisitor()
  await visitor.go(flow.url)
  const before = letters().length
  const page = await visitor.submit({ fields: { identifiant: login } })
  return { configuration, flow, visitor, page, before }
}

async function nextLetter(before: number) {
  await until(() => letters().length > before)
  const letter = letters().at(-1)
  return { letter, code: codeIn(letter?.text ?? ''), link: linkIn(letter?.text ?? '') }
}

const choose = (visitor: Visitor, password: string, confirmation = password) =>
  visitor.submit({ fields: { mot_de_passe: password, confirmation } })

const stateOf = async () => {
  const [row] = await query<{ state: string }>(
    database,
    "select state from account where login = 'ancien'",
  )
  return row?.state
}

describe('an old login', () => {
  test('leads at once to a password of its own, then back to the site, signed in', async () => {
    const { configuration, flow, visitor, page, before } = await come(' ANCIEN ')
    expect(page.url.pathname).toMatch(/\/premiere-connexion$/)
    expect(page.text).toContain('Première connexion à MyANM')
    expect(page.text).toContain('a•••@e•••.be')
    expect(page.text).not.toContain('ancien@exemple.be')
    const { letter, code } = await nextLetter(before)
    expect(letter?.subject).toBe('Première connexion à MyANM : choisissez votre mot de passe')
    const form = await visitor.submit({ fields: { code } })
    expect(form.url.pathname).toMatch(/\/nouveau-mot-de-passe$/)
    expect(form.text).toContain('Pour le compte ancien')
    expect((await choose(visitor, 'court')).status).toBe(422)
    const back = await choose(visitor, NEW)
    expect(back.url.port).toBe('9999')
    const tokens = await redeem(configuration, flow, back.url)
    expect(tokens.claims()).toMatchObject({ org: { role: 'GESTIONNAIRE' }, amr: ['pwd'] })
    expect(await stateOf()).toBe('active')
    await until(() =>
      letters().some(({ subject }) => subject === 'Votre mot de passe a été modifié'),
    )
  })

  test('is served by the mail’s link too, which leads back into the journey', async () => {
    const { flow, visitor, before } = await come()
    const { link } = await nextLetter(before)
    const form = await visitor.go(link)
    expect(form.text).toContain('devient un compte MyANM')
    const done = await choose(visitor, NEW)
    expect(done.text).toContain('revenir sur Guide Social')
    await visitor.follow('revenir sur Guide Social')
    const back = await visitor.submit({ fields: { mot_de_passe: NEW } })
    expect(back.url.searchParams.get('state')).toBe(flow.state)
  })

  test('has a day for its mail, to the second', async () => {
    const { visitor, before } = await come()
    const { link } = await nextLetter(before)
    const [life] = await query<{ life: string }>(
      database,
      'select extract(epoch from expires_at - created_at)::int as life from proof',
    )
    expect(Number(life?.life)).toBe(86_400)
    const setLeft = (left: string) =>
      query(database, 'update proof set expires_at = now() + $1::interval', [left])
    await setLeft('-1 second')
    expect((await new Visitor().go(link)).status).toBe(410)
    await setLeft('0 seconds')
    expect((await new Visitor().go(link)).status).toBe(410)
    expect((await visitor.submit({ fields: { code: '1234 5678' } })).status).toBe(422)
    await setLeft('2 seconds')
    expect((await new Visitor().go(link)).status).toBe(200)
  })

  test('whose code is wrong gets another try, and a new mail after a minute', async () => {
    const { visitor, before } = await come()
    await nextLetter(before)
    const wrong = await visitor.submit({ fields: { code: '0000 0000' } })
    expect(wrong.status).toBe(422)
    expect(wrong.text).toContain('Ce code n’est pas le bon')
    const soon = await visitor.submit({ form: 'form[action$="/encore"]' })
    expect(soon.text).toContain('Attendez une minute')
    await query(database, 'delete from attempt')
    const again = await visitor.submit({ form: 'form[action$="/encore"]' })
    expect(again.text).toContain('Un nouvel e-mail vient de partir')
    await until(() => letters().length === before + 2)
    const { code } = await nextLetter(before)
    expect((await visitor.submit({ fields: { code } })).url.pathname).toMatch(
      /\/nouveau-mot-de-passe$/,
    )
  })

  test('never had its old password asked for, nor let in by one', async () => {
    const { visitor } = await come()
    const page = await visitor.go(
      `${visitor.page?.url.pathname.replace('premiere-connexion', 'mot-de-passe')}`,
    )
    if (page.$('#mot_de_passe').length > 0) {
      const refused = await visitor.submit({ fields: { mot_de_passe: PASSWORD } })
      expect(refused.url.port).not.toBe('9999')
    }
    expect(await stateOf()).toBe('legacy')
  })

  test('of two browsers that choose at once lets one in', async () => {
    const first = await come()
    const { code } = await nextLetter(first.before)
    const second = await come()
    for (const { visitor } of [first, second]) await visitor.submit({ fields: { code } })
    const pages = await Promise.all([
      choose(first.visitor, `${NEW}, un`),
      choose(second.visitor, `${NEW}, deux`),
    ])
    expect(pages.filter(({ url }) => url.port === '9999')).toHaveLength(1)
    expect(pages.filter(({ url }) => url.pathname.startsWith('/connexion/'))).toHaveLength(1)
  })

  test('is found without its mail by nobody: the page exists on the way only', async () => {
    const { visitor, page } = await come('lecteur')
    const uid = page.url.pathname.split('/')[2]
    for (const place of [
      'premiere-connexion',
      'premiere-connexion/adresse',
      'nouveau-mot-de-passe',
    ]) {
      const elsewhere = await visitor.go(`/connexion/${uid}/${place}`)
      expect(elsewhere.url.pathname).toBe(`/connexion/${uid}`)
    }
  })

  test('is found by one address a few times only, also by the page’s own address', async () => {
    await query(database, 'delete from proof')
    for (let turn = 0; turn < 30; turn += 1) await come()
    await query(database, 'delete from proof')
    const { visitor, page } = await come()
    expect(page.url.pathname).toMatch(/\/mot-de-passe$/)
    const uid = page.url.pathname.split('/')[2]
    const direct = await visitor.go(`/connexion/${uid}/premiere-connexion`)
    expect(direct.url.pathname).toBe(`/connexion/${uid}`)
  })
})

describe('an old account whose address is dead or unknown', () => {
  const WHO = { nom: 'Anne Martin', email: 'anne.martin@exemple.be', organisme: 'Le Tremplin' }

  test('goes to the team, from the page that announces the mail', async () => {
    const { visitor } = await come()
    await visitor.follow('Je n’ai plus accès à cette adresse')
    const sent = await visitor.submit({ form: 'form[action$="/adresse"]', fields: WHO })
    expect(sent.text).toContain('Votre message est arrivé')
    expect(sent.text).toContain('Annuler et revenir sur Guide Social')
    const [message] = await query(
      database,
      'select kind, reply_to, body, account_id from contact_message',
    )
    expect(message).toEqual({
      kind: 'old-address',
      reply_to: 'anne.martin@exemple.be',
      body: 'Login indiqué : ancien',
      account_id: null,
    })
  })

  test('without an address goes there straight away, and gets no mail', async () => {
    await arrange(database, "update account set email = null where login = 'ancien'")
    const before = myanm.letters.length
    const { visitor, page } = await come()
    expect(page.url.pathname).toMatch(/\/premiere-connexion\/adresse$/)
    expect(page.text).toContain('Nous ne connaissons pas d’adresse e-mail')
    const mistaken = await visitor.submit({
      form: 'form[action$="/adresse"]',
      fields: { ...WHO, email: 'non' },
    })
    expect(mistaken.status).toBe(422)
    expect(mistaken.$('#nom').val()).toBe('Anne Martin')
    expect(myanm.letters).toHaveLength(before)
  })
})

describe('a password that somebody else has given', () => {
  test('is replaced before one is let in, and kept by nobody', async () => {
    await query(
      database,
      "update account set must_change_password = true where login = 'particulier'",
    )
    const configuration = await discover(myanm.issuer, 'guide-social')
    const flow = await beginFlow(configuration)
    const visitor = newVisitor()
    await visitor.go(flow.url)
    const form = await typeCredentials(visitor, 'particulier')
    expect(form.url.pathname).toMatch(/\/nouveau-mot-de-passe$/)
    expect(form.text).toContain('choisi par quelqu’un d’autre')
    // Another page of the journey does not let in either.
    const account = await new Visitor().go(new URL('/compte', myanm.issuer))
    expect(account.url.pathname).toMatch(/^\/connexion\//)
    const back = await choose(visitor, NEW)
    expect(back.url.port).toBe('9999')
    await redeem(configuration, flow, back.url)
    const [row] = await query(
      database,
      "select must_change_password as must from account where login = 'particulier'",
    )
    expect(row).toEqual({ must: false })
  })
})
