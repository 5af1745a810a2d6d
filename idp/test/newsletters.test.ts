import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import {
  arrange,
  newVisitor,
  query,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  typeCredentials,
  type Visitor,
  withDatabase,
} from '@myanm/testing'
import { wishForNewsletters } from '#preferences'
import { linksIn } from './stage/letters.ts'
import { until } from './stage/until.ts'

// Specification M26, ML28, 8.2 (13): a switch per newsletter and per site, off by default; double opt-in;
// one click to end; date and proof kept.

let database: TestDatabase
let myanm: TestIdp
let visitor: Visitor
let account: string

beforeAll(async () => {
  database = await withDatabase()
  myanm = await startTestIdp({ database })
  account = String(myanm.accounts.get('particulier'))
})

afterAll(async () => {
  await myanm.stop()
  await database.drop()
})

beforeEach(async () => {
  await arrange(database, 'delete from newsletter_consent')
  await arrange(database, 'delete from letter')
  await arrange(database, 'delete from proof')
  myanm.letters.length = 0
  visitor = newVisitor()
  await visitor.go(at('/compte/preferences'))
  await typeCredentials(visitor, 'particulier')
})

const at = (path: string) => new URL(path, myanm.issuer)
const words = () => visitor.page?.text ?? ''
const ticked = () =>
  visitor.page
    ?.$('input[name=newsletters][checked]')
    .toArray()
    .map((box) => visitor.page?.$(box).attr('value'))
const choose = (...newsletters: string[]) =>
  visitor.submit({ form: 'form[action="/compte/preferences"]', fields: { newsletters } })
const history = async () => {
  const rows = await query<{ newsletter: string; event: string; how: string }>(
    database,
    'select newsletter, event, how from newsletter_consent order by id',
  )
  return rows.map(({ newsletter, event, how }) => `${newsletter} ${event} ${how}`)
}
/** The latest letter that asks to confirm. */
const asked = async (count = 1) => {
  await until(() => myanm.letters.length >= count)
  const letter = myanm.letters.at(-1)
  if (!letter) throw new Error('No letter came')
  const link = linksIn(letter)[0] as URL
  const code = /\d{4} \d{4}/.exec(letter.text)?.[0] ?? ''
  return { ...letter, link, code }
}
const stopLink = (newsletter = 'emploi', whose = account) =>
  at(`/newsletter/arret/${myanm.idp.services.stopLinks.tokenOf({ account: whose, newsletter })}`)
const sayYes = async (newsletter = 'emploi') => {
  await choose(newsletter)
  const { link } = await asked()
  const stranger = newVisitor()
  await stranger.go(link)
  await stranger.submit()
}

describe('the switches', () => {
  test('one for each newsletter of each site, off by default', () => {
    expect(visitor.page?.status).toBe(200)
    for (const site of ['Guide Social', 'MonASBL', 'Sweeli']) expect(words()).toContain(site)
    for (const title of [
      'Newsletter Emploi',
      'Mail-Info',
      'Newsletter MonASBL',
      'Newsletter Sweeli',
    ])
      expect(words()).toContain(title)
    expect(visitor.page?.$('input[name=newsletters]').length).toBe(4)
    expect(ticked()).toEqual([])
  })

  test('switched on: pending, and a mail that asks; nothing more until it is answered', async () => {
    await choose('emploi')
    expect(visitor.page?.url.pathname).toBe('/compte/preferences')
    expect(words()).toContain('un e-mail vous attend pour confirmer')
    expect(words()).toContain('À confirmer')
    const letter = await asked()
    expect(letter.subject).toBe(
      'Confirmez votre inscription à « Newsletter Emploi » (Guide Social)',
    )
    expect(letter.to).toBe('particulier@exemple.be')
    expect(await history()).toEqual(['emploi asked preferences'])
  })

  test('saved again without a change, nothing happens', async () => {
    await choose('emploi')
    await asked()
    await choose('emploi')
    expect(await history()).toEqual(['emploi asked preferences'])
    expect(myanm.letters).toHaveLength(1)
  })

  test('a newsletter that does not exist, or a wrong form, changes nothing', async () => {
    await choose('inventee', 'emploi')
    expect(await history()).toEqual(['emploi asked preferences'])
    await choose('../x')
    expect(visitor.page?.status).toBe(422)
    expect(await history()).toEqual(['emploi asked preferences'])
  })

  test('switched off before it was confirmed: the link of the mail dies', async () => {
    await choose('emploi')
    const { link } = await asked()
    await choose()
    expect(await history()).toEqual(['emploi asked preferences', 'emploi ended preferences'])
    const stranger = newVisitor()
    expect((await stranger.go(link)).status).toBe(410)
    expect(stranger.page?.text).toContain("Ce lien n'est plus valable. Demandez-en un nouveau.")
  })
})

describe('the mail that asks', () => {
  test('looked at, nothing changes; its button confirms, without signing in', async () => {
    await choose('emploi')
    const { link } = await asked()
    const stranger = newVisitor()
    for (const method of ['HEAD', 'GET', 'GET']) await stranger.request(link, { method })
    expect(await history()).toEqual(['emploi asked preferences'])
    await stranger.go(link)
    expect(stranger.page?.text).toContain(
      'Vous allez recevoir « Newsletter Emploi » de Guide Social.',
    )
    await stranger.submit()
    expect(stranger.page?.text).toContain('Votre inscription est confirmée')
    expect(await history()).toEqual(['emploi asked preferences', 'emploi confirmed link'])
    await visitor.go(at('/compte/preferences'))
    expect(words()).toContain('Inscription confirmée le')
    expect(ticked()).toEqual(['emploi'])
  })

  test('its button pressed by many at once confirms once, and tells each the same', async () => {
    await choose('emploi')
    const { link } = await asked()
    const many = Array.from({ length: 8 }, () => newVisitor())
    // All have the page with the button before any of them presses it.
    await Promise.all(many.map((one) => one.go(link)))
    const pressed = await Promise.all(many.map(async (one) => (await one.submit()).text))
    for (const text of pressed) expect(text).toContain('Votre inscription est confirmée')
    expect(await history()).toEqual(['emploi asked preferences', 'emploi confirmed link'])
  })

  test('its code, typed on the page, does the same; a wrong one is told, and keeps what was typed', async () => {
    await choose('emploi')
    const { code } = await asked()
    const form = 'form[action="/compte/preferences/code"]'
    const wrong = code.startsWith('0') ? '1111 1111' : '0000 0000'
    await visitor.submit({ form, fields: { code: wrong } })
    expect(visitor.page?.status).toBe(422)
    expect(words()).toContain('Ce code n’est pas le bon')
    expect(visitor.page?.$('#code').attr('value')).toBe(wrong)
    await visitor.submit({ form, fields: { code: '' } })
    expect(words()).toContain('Tapez le code qui se trouve dans l’e-mail.')
    await visitor.submit({ form, fields: { code } })
    expect(words()).toContain('Votre inscription est confirmée.')
    expect(await history()).toEqual(['emploi asked preferences', 'emploi confirmed code'])
  })

  test('leaves again when asked, not more than once a minute; after seven days it is as if never asked', async () => {
    await choose('emploi')
    const first = await asked()
    const form = 'form[action="/compte/preferences/renvoyer"]'
    await visitor.submit({ form })
    expect(words()).toContain('date de plus d’une minute')
    await arrange(database, `update proof set asked_at = now() - interval '61 seconds'`)
    await visitor.submit({ form })
    const second = await asked(2)
    // The first one, when it arrives after all, works too.
    expect(second.link.href).toBe(first.link.href)
    expect(myanm.letters).toHaveLength(2)

    await arrange(database, `update newsletter_consent set at = at - interval '7 days'`)
    await arrange(database, `update proof set expires_at = now()`)
    await visitor.go(at('/compte/preferences'))
    expect(ticked()).toEqual([])
    expect((await newVisitor().go(first.link)).status).toBe(410)
  })

  test('another kind of link opens nothing here', async () => {
    await query(
      database,
      `insert into proof (account_id, purpose, expires_at) values ($1, 'reset-password', now() + interval '1 hour')`,
      [account],
    )
    const [row] = await query<{ id: string }>(database, 'select id from proof')
    const token = myanm.idp.services.secrets.tokenOf(row?.id ?? '')
    expect((await newVisitor().go(at(`/newsletter/${token}`))).status).toBe(410)
  })
})

describe('ending it', () => {
  test('the link in a newsletter shows a button; only the button ends, without signing in', async () => {
    await sayYes()
    const stranger = newVisitor()
    for (const method of ['HEAD', 'GET', 'GET']) await stranger.request(stopLink(), { method })
    await stranger.go(stopLink())
    expect(stranger.page?.text).toContain(
      'Vous ne recevrez plus « Newsletter Emploi » de Guide Social.',
    )
    expect((await history()).at(-1)).toBe('emploi confirmed link')
    await stranger.submit()
    expect(stranger.page?.text).toContain('Votre désinscription est enregistrée')
    expect((await history()).at(-1)).toBe('emploi ended stop-link')
  })

  test('one click of a mail program ends: no cookie, no token, no redirect (RFC 8058)', async () => {
    await sayYes()
    for (const once of [1, 2]) {
      const response = await fetch(stopLink(), {
        method: 'POST',
        redirect: 'manual',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: 'List-Unsubscribe=One-Click',
      })
      expect([once, response.status]).toEqual([once, 200])
    }
    expect((await history()).filter((line) => line.includes('ended'))).toEqual([
      'emploi ended one-click',
    ])
    const form = new FormData()
    form.set('List-Unsubscribe', 'One-Click')
    expect((await fetch(stopLink(), { method: 'POST', body: form })).status).toBe(200)
  })

  test('a link somebody made up ends nothing', async () => {
    await sayYes()
    const genuine = stopLink().href
    const others = String(myanm.accounts.get('lecteur'))
    const [, seal = ''] = stopLink('emploi', others).pathname.split('.')
    const name = genuine.split('/').at(-1)?.split('.')[0] ?? ''
    for (const token of [
      'x',
      `${name}.${seal}`,
      `${name}.`,
      genuine.slice(0, -1).split('/').at(-1),
    ]) {
      const response = await fetch(at(`/newsletter/arret/${token}`), { method: 'POST' })
      expect([token, response.status]).toEqual([token, 410])
    }
    expect((await history()).at(-1)).toBe('emploi confirmed link')
  })
})

describe('the proof of what was wanted', () => {
  test('is only ever added to: the service can neither change nor delete a line', async () => {
    await sayYes()
    const { db } = myanm.idp.services
    await expect(
      db.updateTable('newsletter_consent').set({ how: 'code' }).execute(),
    ).rejects.toMatchObject({ code: '42501' })
    await expect(db.deleteFrom('newsletter_consent').execute()).rejects.toMatchObject({
      code: '42501',
    })
    const rows = await query<{ at: Date }>(database, 'select at from newsletter_consent')
    for (const { at: when } of rows) expect(when).toBeInstanceOf(Date)
  })

  test('is in the journal of the person, without names', async () => {
    await sayYes()
    const rows = await query<{ details: object }>(
      database,
      `select details from journal where event = 'preference-changed' and account_id = $1 order by id desc limit 2`,
      [account],
    )
    expect(rows.map(({ details }) => details)).toEqual([
      { newsletter: 'emploi', event: 'confirmed' },
      { newsletter: 'emploi', event: 'asked' },
    ])
  })
})

test('registration offers the boxes and passes the wish on; it asks by mail like every other', async () => {
  const { db } = myanm.idp.services
  await db
    .transaction()
    .execute((tx) =>
      wishForNewsletters(tx, { account, keys: ['mail-info', 'sweeli'], how: 'registration' }),
    )
  expect(await history()).toEqual(['mail-info asked registration', 'sweeli asked registration'])
  await until(() => myanm.letters.length === 2)
})

test('the page says what became of our mails, and what to do', async () => {
  await choose('emploi')
  await asked()
  await until(
    async () => (await query(database, `select from letter where state = 'sent'`)).length === 1,
  )
  await visitor.go(at('/compte/preferences'))
  expect(words()).toContain('Confirmez votre inscription à « Newsletter Emploi » (Guide Social)')
  expect(words()).toContain('Parti')
  await arrange(database, `update letter set state = 'bounced', last_reason = '5.1.1'`)
  await visitor.go(at('/compte/preferences'))
  expect(words()).toContain('Il nous est revenu')
})
