import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import {
  newVisitor,
  query,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  Visitor,
  withDatabase,
} from '@myanm/testing'
import {
  arrive,
  codeIn,
  GOOD_PASSWORD,
  lastLetterTo,
  lettersTo,
  linkIn,
  register,
} from './stage/registering.ts'

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

afterEach(async () => {
  await query(database, 'delete from attempt')
})

const stateOf = async (email: string): Promise<unknown> => {
  const rows = await query<{ state: string }>(
    database,
    'select state from account where email = $1',
    [email],
  )
  return rows[0]?.state
}

/** What the link of a mail is made of, to see that looking at it changed nothing. */
const snapshot = async () =>
  JSON.stringify([
    await query(database, 'select * from proof order by id'),
    await query(database, 'select * from account order by id'),
    await query(database, 'select * from registration order by id'),
    await query(database, 'select * from journal order by id'),
    await query(database, 'select id, code, state from letter order by id'),
  ])

describe('a mail scanner', () => {
  test('that opens every link, with HEAD, with GET, twice, and runs the scripts, burns nothing', async () => {
    const { visitor } = await register(myanm, 'scanner@exemple.be')
    const link = linkIn(await lastLetterTo(myanm, 'scanner@exemple.be'))
    await new Promise((resolve) => setTimeout(resolve, 300))
    const before = await snapshot()
    for (const method of ['HEAD', 'GET', 'GET', 'HEAD']) {
      const answer = await new Visitor().request(link, { method })
      expect(answer.status).toBe(200)
      expect(answer.headers.get('cache-control')).toContain('no-store')
      const page = await answer.text()
      // No script of ours acts on this page: there is none to run.
      expect(page).not.toMatch(/<script|http-equiv="refresh"|onload=/i)
      for (const [, href = ''] of page.matchAll(/href="(\/[^"]*)"/g)) {
        await new Visitor().request(new URL(href, link))
      }
    }
    expect(await snapshot()).toBe(before)
    await visitor.go(link)
    expect((await visitor.submit()).url.port).toBe('9999')
  })

  test('that presses the button as well has no password to give', async () => {
    await register(myanm, 'presse@exemple.be')
    const scanner = new Visitor()
    await scanner.go(linkIn(await lastLetterTo(myanm, 'presse@exemple.be')))
    expect((await scanner.submit()).status).toBe(422)
    expect(await stateOf('presse@exemple.be')).toBe('unconfirmed')
  })
})

describe('a link', () => {
  test('confirms once: shown again later, it signs nobody in', async () => {
    const { visitor, path } = await register(myanm, 'rejoue@exemple.be')
    const link = linkIn(await lastLetterTo(myanm, 'rejoue@exemple.be'))
    await visitor.go(link)
    await visitor.submit()
    const thief = new Visitor()
    const page = await thief.go(link)
    expect(page.$('form[action^="/confirmation"]')).toHaveLength(0)
    const jeton = String((await thief.go('/')).html.match(/./)?.[0])
    const posted = await thief.post(link, { jeton })
    expect(posted.status).toBe(403)
    expect((await thief.go(new URL(`${path}/suite`, myanm.issuer))).status).toBe(400)
  })

  test('pressed twice at once activates once, and both are let through', async () => {
    const { visitor } = await register(myanm, 'double@exemple.be')
    const page = await visitor.go(linkIn(await lastLetterTo(myanm, 'double@exemple.be')))
    const jeton = String(page.$('main input[name=jeton]').attr('value'))
    const answers = await Promise.all(
      Array.from({ length: 8 }, () =>
        visitor.request(page.url, {
          method: 'POST',
          body: new URLSearchParams({ jeton }).toString(),
          headers: {
            'content-type': 'application/x-www-form-urlencoded',
            origin: page.url.origin,
          },
        }),
      ),
    )
    for (const answer of answers) {
      expect([answer.status, answer.headers.get('location')]).toEqual([
        303,
        expect.stringMatching(/\/inscription\/suite$/),
      ])
    }
    const back = await visitor.go(new URL(answers[0]?.headers.get('location') ?? '', page.url))
    expect(back.url.searchParams.has('code')).toBe(true)
    const events = await query<{ event: string }>(
      database,
      `select event from journal join account on account.id = journal.account_id
        where email = 'double@exemple.be' and event = 'email-confirmed'`,
    )
    expect(events).toHaveLength(1)
    const subjects = (await lettersTo(myanm, 'double@exemple.be', 2)).map(({ subject }) => subject)
    expect(subjects.filter((subject) => subject === 'Votre compte MyANM est activé')).toHaveLength(
      1,
    )
  })

  test('that was forged, cut or is for something else is unknown', async () => {
    await register(myanm, 'forge@exemple.be')
    const link = linkIn(await lastLetterTo(myanm, 'forge@exemple.be'))
    const forged = [
      link.href.slice(0, -1) + (link.href.endsWith('A') ? 'E' : 'A'),
      link.href.slice(0, -4),
      `${link.href}A`,
      link.href.replace('/confirmation/', '/confirmation/..%2f'),
      `${link.origin}/confirmation/%00`,
      `${link.origin}/confirmation/${'A'.repeat(4000)}`,
    ]
    for (const address of forged) {
      expect([400, 404]).toContain((await new Visitor().go(address)).status)
    }
    for (const purpose of ['reset-password', 'change-email', 'newsletter', 'staff-invitation']) {
      await query(
        database,
        `update proof set purpose = '${purpose}' where email = 'forge@exemple.be'`,
      )
      expect((await new Visitor().go(link)).status).toBe(404)
    }
    await query(
      database,
      "update proof set purpose = 'confirm-email' where email = 'forge@exemple.be'",
    )
    for (const other of ['mot-de-passe', 'adresse', 'newsletter', 'suppression']) {
      const page = await new Visitor().go(link.href.replace('confirmation', other))
      expect([other, page.$('input[type=password][autocomplete=new-password]').length]).toEqual([
        other,
        0,
      ])
    }
    expect((await new Visitor().go(link)).status).toBe(200)
  })

  test('takes no password by the thousand: five tries, in parallel too', async () => {
    await register(myanm, 'essais@exemple.be')
    const link = linkIn(await lastLetterTo(myanm, 'essais@exemple.be'))
    const visitor = new Visitor()
    const page = await visitor.go(link)
    const jeton = String(page.$('main input[name=jeton]').attr('value'))
    const attempt = async (password: string) => {
      const answer = await visitor.request(link, {
        method: 'POST',
        body: new URLSearchParams({ jeton, mot_de_passe: password }).toString(),
        headers: { 'content-type': 'application/x-www-form-urlencoded', origin: link.origin },
      })
      return { status: answer.status, text: await answer.text() }
    }
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => attempt('ce-n-est-pas-cela')),
    )
    expect(
      answers.filter(({ text }) => text.includes('Ce n’est pas le mot de passe')),
    ).toHaveLength(5)
    const right = await attempt(GOOD_PASSWORD)
    expect([right.status, right.text]).toEqual([422, expect.stringContaining('Trop de tentatives')])
    expect(await stateOf('essais@exemple.be')).toBe('unconfirmed')
    await query(database, 'delete from attempt')
    expect((await attempt(GOOD_PASSWORD)).status).toBe(303)
  })
})

describe('a code', () => {
  test('is guessed at five times, also a hundred times at once; another mail has another', async () => {
    const { visitor, path } = await register(myanm, 'devine@exemple.be')
    const letter = await lastLetterTo(myanm, 'devine@exemple.be')
    const page = visitor.page
    const jeton = String(page?.$('main input[name=jeton]').attr('value'))
    const guess = (code: string) =>
      visitor.request(new URL(`${path}/confirmez`, myanm.issuer), {
        method: 'POST',
        body: new URLSearchParams({ jeton, code }).toString(),
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          origin: myanm.issuer.origin,
        },
      })
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, turn) => guess(String(turn).padStart(8, '0'))),
    )
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([422]))
    expect((await guess(codeIn(letter))).status).toBe(422)
    expect(await stateOf('devine@exemple.be')).toBe('unconfirmed')

    await query(database, "update registration set asked_at = asked_at - interval '61 seconds'")
    await query(database, "update proof set asked_at = asked_at - interval '61 seconds'")
    await visitor.go(`${path}/confirmez`)
    await visitor.submit({ form: 'form[action$="/renvoyer"]' })
    const fresh = await lastLetterTo(myanm, 'devine@exemple.be', 2)
    expect(codeIn(fresh)).not.toBe(codeIn(letter))
    expect((await visitor.submit({ fields: { code: codeIn(fresh) } })).url.port).toBe('9999')
  })

  test('of one journey opens nothing on another', async () => {
    const one = await register(myanm, 'lune@exemple.be')
    const other = await register(myanm, 'lautre@exemple.be')
    const code = codeIn(await lastLetterTo(myanm, 'lune@exemple.be'))
    expect((await other.visitor.submit({ fields: { code } })).status).toBe(422)
    // Nor without the cookie of its journey.
    const stranger = newVisitor()
    expect((await stranger.go(new URL(`${one.path}/confirmez`, myanm.issuer))).status).toBe(400)
    expect((await one.visitor.submit({ fields: { code } })).url.port).toBe('9999')
  })

  test('is not asked of who has registered nothing', async () => {
    const { visitor, path } = await arrive(myanm)
    for (const page of ['confirmez', 'adresse', 'suite']) {
      const shown = await visitor.go(`${path}/${page}`)
      expect([page, shown.status, shown.text]).toEqual([
        page,
        200,
        expect.stringContaining('n’attend plus rien'),
      ])
      expect(shown.text).toContain('Recommencer l’inscription')
    }
  })
})

describe('no form of a registration is sent by another site (F30)', () => {
  test('without its token, from another origin, as a GET: refused, nothing changed', async () => {
    const { visitor, path } = await register(myanm, 'csrf@exemple.be')
    const link = linkIn(await lastLetterTo(myanm, 'csrf@exemple.be'))
    const jeton = String(visitor.page?.$('main input[name=jeton]').attr('value'))
    await new Promise((resolve) => setTimeout(resolve, 300))
    const before = await snapshot()
    const forms = [
      ...[
        'particulier',
        'independant',
        'organisme',
        'confirmez',
        'renvoyer',
        'adresse',
        'continuer',
      ].map((form) => `${path}/${form}`),
      link.pathname,
      `${link.pathname}/renvoyer`,
    ]
    for (const form of forms) {
      const attacks = [
        { fields: {}, headers: { origin: myanm.issuer.origin } },
        { fields: { jeton: 'A'.repeat(43) }, headers: { origin: myanm.issuer.origin } },
        { fields: { jeton }, headers: { origin: 'https://evil.example' } },
        { fields: { jeton }, headers: { 'sec-fetch-site': 'cross-site' } },
      ]
      for (const { fields, headers } of attacks) {
        const page = await visitor.post(new URL(form, myanm.issuer), fields, headers as never)
        expect([form, page.status]).toEqual([form, 403])
      }
    }
    expect(await snapshot()).toBe(before)
  })
})
