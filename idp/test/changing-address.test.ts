import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  arrangeState,
  newKeys,
  newVisitor,
  type Page,
  query,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  typeCredentials,
  type Visitor,
  withDatabase,
} from '@myanm/testing'
import { proofSecrets } from '#proofs'
import { arrive as comes, fillIn } from './stage/registering.ts'
import { mannWhitney, median } from './stage/statistics.ts'
import { until } from './stage/until.ts'

let database: TestDatabase
let myanm: TestIdp

const keys = newKeys()
/** What the letters carry: a test knows them without waiting for the post. */
const secrets = proofSecrets(keys.cookie)

beforeAll(async () => {
  database = await withDatabase()
  myanm = await startTestIdp({ database, keys })
})

afterAll(async () => {
  await myanm.stop()
  await database.drop()
})

const at = (path: string) => new URL(path, myanm.issuer)
const idOf = (key: string) => String(myanm.accounts.get(key))
const FORM = '/compte/connexion/adresse'

/** Signed in just now, by the login, in front of the form. */
async function arrive(key: string, path = FORM): Promise<Visitor> {
  const visitor = newVisitor()
  await visitor.go(at(path))
  await typeCredentials(visitor, key)
  if (visitor.page?.url.pathname !== path) throw new Error(visitor.page?.text)
  return visitor
}

const words = (visitor: Visitor) => visitor.page?.text ?? ''
const accountOf = async (key: string) =>
  (await query(database, 'select * from account where id = $1', [idOf(key)]))[0]
const lettersTo = (address: string) => myanm.letters.filter(({ to }) => to === address)
const events = async (key: string) =>
  (
    await query<{ event: string }>(
      database,
      "select event from journal where account_id = $1 and event like 'email%' order by id",
      [idOf(key)],
    )
  ).map(({ event }) => event)

/** The letter to a new address, when it has arrived: its link and its code. */
async function letterTo(address: string): Promise<{ link: URL; code: string }> {
  await until(() => lettersTo(address).length > 0)
  const { text } = lettersTo(address).at(-1) as { text: string }
  const link = new URL(/https?:\S+\/adresse\/\S+/.exec(text)?.[0] ?? '')
  return { link, code: /\b\d{4} \d{4}\b/.exec(text)?.[0] ?? '' }
}

async function asks(key: string, email: string): Promise<Visitor> {
  const visitor = await arrive(key)
  await visitor.submit({ fields: { email } })
  return visitor
}

/** An hour has come and gone: mails may be asked for again. */
const anHourLater = () =>
  query(
    database,
    `with forgotten as (delete from attempt where key like 'change-email:%')
      update letter set queued_at = queued_at - interval '1 hour'`,
  )

const confirm = (visitor: Visitor) => visitor.submit({ form: 'main form[action^="/adresse/"]' })

describe('another e-mail address', () => {
  test('is proven at the new one, told to the old one, and nothing changes before', async () => {
    const visitor = await asks('lecteur', 'Nouveau.Lecteur@EXEMPLE.be')
    expect(words(visitor)).toContain('E-mail envoyé')
    expect(words(visitor)).toContain('Nouveau.Lecteur@exemple.be')
    expect((await accountOf('lecteur'))?.['email']).toBe('lecteur@exemple.be')
    await until(() => lettersTo('lecteur@exemple.be').length > 0)
    expect(lettersTo('lecteur@exemple.be').at(-1)?.subject).toBe('Votre adresse va changer')
    expect(lettersTo('lecteur@exemple.be').at(-1)?.text).not.toContain('/adresse/')
    await visitor.go(at('/compte'))
    expect(words(visitor)).toContain('Une nouvelle adresse attend votre confirmation')

    // In another browser, where nobody is signed in.
    const { link } = await letterTo('Nouveau.Lecteur@exemple.be')
    const elsewhere = newVisitor()
    await elsewhere.go(link)
    expect(words(elsewhere)).toContain('Nouveau.Lecteur@exemple.be')
    expect(words(elsewhere)).toContain('l•••@exemple.be')
    expect(elsewhere.page?.html).not.toMatch(/lecteur@exemple|Dupont/)
    await confirm(elsewhere)
    expect(words(elsewhere)).toContain('Votre adresse est changée')
    expect(await accountOf('lecteur')).toMatchObject({
      email: 'Nouveau.Lecteur@exemple.be',
      login: 'lecteur',
    })
    expect(await events('lecteur')).toEqual(['email-change-asked', 'email-changed'])
    // Who asked is still signed in, and signs in with the new one from now on.
    await visitor.go(at('/compte/connexion'))
    expect(words(visitor)).toContain('Nouveau.Lecteur@exemple.be')
    expect(words(visitor)).not.toContain('attend votre confirmation')
    const again = newVisitor()
    await again.go(at('/compte'))
    await typeCredentials(again, 'nouveau.lecteur@exemple.be')
    expect(again.page?.url.pathname).toBe('/compte')
    const old = newVisitor()
    await old.go(at('/compte'))
    await typeCredentials(old, 'lecteur@exemple.be')
    expect(words(old)).toContain('Identifiant ou mot de passe incorrect.')
  })

  test('may be confirmed by the code, where it was asked for', async () => {
    const visitor = await asks('collegue', 'code@exemple.be')
    const { code } = await letterTo('code@exemple.be')
    await visitor.submit({ form: 'form[action$="/code"]', fields: { code: '0000 0000' } })
    expect(visitor.page?.status).toBe(422)
    expect(words(visitor)).toContain('Ce code n’est pas le bon.')
    await visitor.submit({ form: 'form[action$="/code"]', fields: { code: ` ${code} ` } })
    expect(words(visitor)).toContain('Votre adresse est changée.')
    expect((await accountOf('collegue'))?.['email']).toBe('code@exemple.be')
  })

  test('a code is guessed at five times, then only the link is left', async () => {
    const visitor = await asks('responsable', 'devine@exemple.be')
    const { code, link } = await letterTo('devine@exemple.be')
    for (let times = 0; times < 5; times += 1) {
      await visitor.submit({ form: 'form[action$="/code"]', fields: { code: '11111111' } })
      expect(words(visitor)).toContain('Ce code n’est pas le bon.')
    }
    await visitor.submit({ form: 'form[action$="/code"]', fields: { code } })
    expect(words(visitor)).toContain('Trop d’essais avec ce code.')
    await visitor.go(link)
    await confirm(visitor)
    expect((await accountOf('responsable'))?.['email']).toBe('devine@exemple.be')
  })

  test('takes a login that was the old address along', async () => {
    await query(database, 'update account set login = upper(email) where id = $1', [
      idOf('academie'),
    ])
    const visitor = await asks('academie@exemple.be', 'recteur@exemple.be')
    await visitor.go((await letterTo('recteur@exemple.be')).link)
    await confirm(visitor)
    expect(await accountOf('academie')).toMatchObject({
      email: 'recteur@exemple.be',
      login: 'recteur@exemple.be',
    })
  })

  test.each([
    ['', 'Nouvelle adresse e-mail : ce champ est obligatoire.'],
    ['pas une adresse', 'Indiquez une adresse e-mail valide, par exemple prenom.nom@exemple.be.'],
    ['a@exemple.be\r\nBcc: b@exemple.be', 'Indiquez une adresse e-mail valide'],
    ['"a b"@exemple.be', 'Indiquez une adresse e-mail valide'],
    ['VOISIN@exemple.be', 'C’est déjà votre adresse.'],
  ])('is refused when it is « %s »', async (email, message) => {
    const visitor = await asks('voisin', email)
    expect(visitor.page?.status).toBe(422)
    expect(words(visitor)).toContain(message)
    const { length } = await query(database, 'select from proof where account_id = $1', [
      idOf('voisin'),
    ])
    expect(length).toBe(0)
  })

  test('is asked for again at most every minute, and a few times an hour', async () => {
    const visitor = await asks('conseiller', 'encore@exemple.be')
    await letterTo('encore@exemple.be')
    const again = () => visitor.submit({ form: 'form[action$="/renvoyer"]' })
    await again()
    expect(words(visitor)).toContain('L’e-mail a été demandé à nouveau.')
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(lettersTo('encore@exemple.be')).toHaveLength(1)
    await query(database, "update proof set asked_at = asked_at - interval '1 minute'")
    const first = await letterTo('encore@exemple.be')
    await again()
    await until(() => lettersTo('encore@exemple.be').length === 2)
    expect((await letterTo('encore@exemple.be')).link.href).toBe(first.link.href)
    for (let times = 0; times < 4; times += 1) await again()
    expect(visitor.page?.status).toBe(422)
    expect(words(visitor)).toContain('Trop d’e-mails demandés.')
    await visitor.go(at(FORM))
    await visitor.submit({ fields: { email: 'autre@exemple.be' } })
    expect(words(visitor)).toContain('Trop d’e-mails demandés.')
    expect(lettersTo('autre@exemple.be')).toHaveLength(0)
    await anHourLater()
  })
})

describe('a link', () => {
  test('opened by a scanner, twice, with HEAD too, burns nothing', async () => {
    await asks('multi', 'scanner@exemple.be')
    const { link } = await letterTo('scanner@exemple.be')
    for (const method of ['HEAD', 'GET', 'HEAD', 'GET']) {
      expect((await fetch(link, { method })).status).toBe(200)
    }
    expect((await accountOf('multi'))?.['email']).toBe('multi@exemple.be')
    const visitor = newVisitor()
    await visitor.go(link)
    await confirm(visitor)
    expect((await accountOf('multi'))?.['email']).toBe('scanner@exemple.be')
  })

  test('followed twice changes once, and says so', async () => {
    await asks('candidat', 'deux@exemple.be')
    const { link } = await letterTo('deux@exemple.be')
    const visitors = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const visitor = newVisitor()
        await visitor.go(link)
        return visitor
      }),
    )
    await Promise.all(visitors.map(confirm))
    const statuses = visitors.map((visitor) => visitor.page?.status).sort()
    expect(statuses).toEqual([200, 410, 410, 410, 410, 410, 410, 410])
    expect((await events('candidat')).filter((event) => event === 'email-changed')).toHaveLength(1)
    const late = newVisitor()
    expect((await late.go(link)).status).toBe(410)
    expect(words(late)).toContain("Ce lien n'est plus valable. Demandez-en un nouveau.")
    expect(late.page?.$('main a').length).toBeGreaterThan(0)
  })

  test.each([
    [
      'replaced by another',
      (visitor: Visitor) =>
        visitor.go(at(FORM)).then(() => visitor.submit({ fields: { email: 'b@exemple.be' } })),
    ],
    [
      'cancelled',
      (visitor: Visitor) =>
        visitor
          .go(at('/compte/connexion'))
          .then(() => visitor.submit({ form: 'form[action$="/annuler"]' })),
    ],
    [
      'a day old',
      () =>
        query(
          database,
          "update proof set created_at = created_at - interval '24 hours', expires_at = now()",
        ),
    ],
    [
      'asked for before the password changed',
      async (visitor: Visitor) => {
        const renewed = 'une autre phrase bien longue'
        await visitor.go(at('/compte/connexion/mot-de-passe'))
        await visitor.submit({ fields: { mot_de_passe: renewed, confirmation: renewed } })
        expect(words(visitor)).toContain('Votre mot de passe est changé.')
      },
    ],
    [
      'of somebody suspended meanwhile',
      () =>
        query(database, "update account set state = 'suspended' where id = $1", [
          idOf('independant'),
        ]),
    ],
  ])('is dead when it was %s', async (_, happens: (visitor: Visitor) => Promise<unknown>) => {
    await query(database, 'delete from proof where account_id = $1', [idOf('independant')])
    await anHourLater()
    const hash = (await accountOf('independant'))?.['password_hash']
    const visitor = await asks('independant', 'mort@exemple.be')
    const { link } = await letterTo('mort@exemple.be')
    const other = newVisitor()
    await other.go(link)
    await happens(visitor)
    await confirm(other)
    expect(other.page?.status).toBe(410)
    expect((await other.go(link)).status).toBe(410)
    expect((await accountOf('independant'))?.['email']).toBe('independant@exemple.be')
    await query(database, "update account set password_hash = $2, state = 'active' where id = $1", [
      idOf('independant'),
      hash,
    ])
    myanm.letters.length = 0
  })

  test('made up, or of another purpose, opens nothing', async () => {
    const [reset] = await query<{ id: string }>(
      database,
      `insert into proof (account_id, purpose, email, expires_at)
        values ($1, 'reset-password', 'x@exemple.be', now() + interval '1 hour') returning id`,
      [idOf('voisin')],
    )
    const page = await newVisitor().go(at(`/adresse/${secrets.tokenOf(String(reset?.id))}`))
    expect(page.status).toBe(410)
    for (const token of ['x', `${'A'.repeat(22)}.${'A'.repeat(43)}`, '%00', '..%2fcompte']) {
      const status = (await newVisitor().go(at(`/adresse/${token}`))).status
      expect([400, 404, 410]).toContain(status)
    }
  })

  test('never sends anywhere else, and is never told to anybody (F31)', async () => {
    await asks('gestionnaire', 'lien@exemple.be')
    const { link } = await letterTo('lien@exemple.be')
    for (const parameter of ['retour', 'next', 'url', 'redirect_uri', 'return_to']) {
      const visitor = newVisitor()
      const page = await visitor.go(`${link}?${parameter}=https://evil.example/`)
      expect(page.html).not.toContain('evil.example')
      expect(page.headers.get('referrer-policy')).toMatch(/no-referrer|same-origin/)
    }
  })
})

describe('an address that is somebody’s', () => {
  /** What a page is, but for what differs by itself. */
  const shapeOf = (page: Page | undefined, email: string) => ({
    status: page?.status,
    path: page?.url.pathname,
    trail: page?.trail.map((step) => step.pathname),
    html: page?.html
      .replaceAll(email, '@')
      .replaceAll(/name="jeton" value="[^"]*"/g, '')
      .replaceAll(/[\w-]{8,}(?=<\/li>)/g, ''),
    headers: [...(page?.headers.keys() ?? [])].sort(),
  })

  test('is answered like any other, and its owner is told that they have an account (F34, ML2)', async () => {
    await anHourLater()
    myanm.letters.length = 0
    const taken = await asks('particulier', 'voisin@exemple.be')
    const takenShape = shapeOf(taken.page, 'voisin@exemple.be')
    await until(() => lettersTo('voisin@exemple.be').length > 0)
    expect(lettersTo('voisin@exemple.be')[0]?.subject).toBe('Vous avez déjà un compte MyANM')
    expect(lettersTo('voisin@exemple.be')[0]?.text).not.toContain('/adresse/')
    await until(() => lettersTo('particulier@exemple.be').length > 0)

    const again = await taken.submit({ form: 'form[action$="/renvoyer"]' })
    const account = await taken.go(at('/compte/connexion'))
    const free = await asks('particulier', 'libre1@exemple.be')
    expect(shapeOf(free.page, 'libre1@exemple.be')).toEqual(takenShape)
    const freeAgain = await free.submit({ form: 'form[action$="/renvoyer"]' })
    expect(shapeOf(freeAgain, 'libre1@exemple.be')).toEqual(shapeOf(again, 'voisin@exemple.be'))
    const freeAccount = await free.go(at('/compte/connexion'))
    expect(shapeOf(freeAccount, 'libre1@exemple.be')).toEqual(shapeOf(account, 'voisin@exemple.be'))
  })

  test('nor does a code tell, right as it may be', async () => {
    await anHourLater()
    const visitor = await asks('particulier', 'voisin@exemple.be')
    const [proof] = await query<{ id: string }>(
      database,
      "select id from proof where purpose = 'change-email' and email = 'voisin@exemple.be' and ended_at is null",
    )
    const code = secrets.codeOf(String(proof?.id))
    await visitor.submit({ form: 'form[action$="/code"]', fields: { code } })
    expect(words(visitor)).toContain('Ce code n’est pas le bon.')
    expect((await accountOf('particulier'))?.['email']).toBe('particulier@exemple.be')
  })

  test('nor by the time it takes (F35)', async () => {
    const visitor = await arrive('particulier')
    const jeton = String(visitor.page?.$('input[name=jeton]').attr('value'))
    const ask = async (email: string) => {
      await anHourLater()
      const begun = performance.now()
      const response = await visitor.request(at(FORM), {
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          origin: myanm.issuer.origin,
        },
        body: new URLSearchParams({ jeton, email }).toString(),
      })
      const took = performance.now() - begun
      expect(response.status).toBe(303)
      return took
    }
    /** Whether the two can be told apart: by their medians, and more surely than one time in a hundred. */
    const differs = async (series: number): Promise<boolean> => {
      const [taken, free]: [number[], number[]] = [[], []]
      for (let round = 0; round < 90; round += 1) {
        const known = ['voisin@exemple.be', 'gestionnaire@exemple.be'][round % 2] as string
        const unknown = `libre-${series}-${round}@exemple.be`
        const isFirst = round % 2 === 0
        if (isFirst) free.push(await ask(unknown))
        taken.push(await ask(known))
        if (!isFirst) free.push(await ask(unknown))
      }
      const [left, right] = [median(taken.slice(10)), median(free.slice(10))]
      const p = mannWhitney(taken.slice(10), free.slice(10))
      return Math.abs(left - right) / Math.max(left, right) >= 0.05 && p <= 0.01
    }
    // What is there to be told apart is there each time; a busy machine is not.
    for (let series = 0; series < 3; series += 1) if (!(await differs(series))) return
    throw new Error(
      'An address that has an account is answered in another time, three times out of three',
    )
  }, 180_000)

  test('meanwhile leads nowhere: of two accounts that prove it at once, one has it (F27)', async () => {
    await anHourLater()
    myanm.letters.length = 0
    const people = ['particulier', 'voisin', 'gestionnaire']
    const spellings = ['course@exemple.be', 'Course@exemple.be', 'COURSE@exemple.be']
    for (const [number, key] of people.entries()) await asks(key, String(spellings[number]))
    await until(() => spellings.every((address) => lettersTo(address).length > 0))
    const visitors = await Promise.all(
      spellings.map(async (address) => {
        const visitor = newVisitor()
        await visitor.go((await letterTo(address)).link)
        return visitor
      }),
    )
    await Promise.all(visitors.map(confirm))
    expect(visitors.map((visitor) => visitor.page?.status).sort()).toEqual([200, 409, 409])
    const owners = await query(
      database,
      "select from account where identifier_key(email) = 'course@exemple.be'",
    )
    expect(owners).toHaveLength(1)
    const late = visitors.find((visitor) => visitor.page?.status === 409)
    expect(late?.page?.text).toContain('est déjà utilisée.')
  })
})

describe('one address, wanted by many at once (F27)', () => {
  /** As a person, a phone, a spreadsheet, a typesetter and a far-eastern keyboard write it. */
  const SPELLINGS = [
    'bousculade.finale@exemple.be',
    'BOUSCULADE.FINALE@EXEMPLE.BE',
    ' Bousculade.Finale@exemple.be ',
    'bousculade.\ufb01nale@exemple.be',
    '\uff42ousculade.finale@exemple.be',
    'bousculade.finale\uff20Exemple.be',
    '\u00a0bousculade.finale@exemple.be',
  ]
  const COUNT = 50

  /** Fifty who have asked for it: one with each spelling by the form, the others as the form leaves it. */
  async function links(): Promise<URL[]> {
    await query(
      database,
      `insert into account (account_type, state, login, email, email_confirmed_at, password_hash)
        select 'particulier', 'active', 'foule' || n, 'foule' || n || '@exemple.be', now(), password_hash
          from generate_series(1, ${COUNT}) n, account where login = 'voisin'`,
    )
    for (const [index, spelling] of SPELLINGS.entries()) {
      await query(database, 'delete from attempt')
      const visitor = newVisitor()
      await visitor.go(at(FORM))
      await typeCredentials(visitor, `foule${index + 1}`)
      await visitor.submit({ fields: { email: spelling } })
      expect([spelling, words(visitor)]).toEqual([
        spelling,
        expect.stringContaining('E-mail envoyé'),
      ])
    }
    await query(
      database,
      `insert into proof (account_id, purpose, email, expires_at)
        select a.id, p.purpose, p.email, p.expires_at
          from account a, (select * from proof where purpose = 'change-email' and ended_at is null
            and identifier_key(email) = $1 limit 1) p
          where a.login like 'foule%' and not exists (select from proof x where x.account_id = a.id)`,
      [SPELLINGS[0]],
    )
    const proofs = await query<{ id: string }>(
      database,
      `select id from proof where purpose = 'change-email' and ended_at is null
        and identifier_key(email) = $1`,
      [SPELLINGS[0]],
    )
    expect(proofs).toHaveLength(COUNT)
    return proofs.map(({ id }) => at(`/adresse/${secrets.tokenOf(id)}`))
  }

  test('fifty who change to it, in every spelling, and some who register with it: one has it', async () => {
    const visitors: Visitor[] = []
    for (const link of await links()) {
      const visitor = newVisitor()
      await visitor.go(link)
      visitors.push(visitor)
    }
    const newcomers = []
    for (let turn = 0; turn < 3; turn += 1) newcomers.push(await comes(myanm))
    const changing = visitors.map((visitor) => confirm(visitor).then(({ status }) => status))
    const registering = newcomers.map((newcomer, turn) => fillIn(newcomer, SPELLINGS[turn] ?? ''))
    const statuses = await Promise.all(changing)
    const pages = await Promise.all(registering)
    for (const { status } of pages) expect(status).toBeLessThan(500)
    // Somebody who registers may have been the first of all.
    expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(1)
    for (const status of statuses) expect([200, 409]).toContain(status)
    const owners = await query(
      database,
      'select from account where identifier_key(email) = identifier_key($1)',
      [SPELLINGS[0]],
    )
    expect(owners).toHaveLength(1)
  }, 180_000)
})

test('an account that is no longer open keeps the address it had', async () => {
  await anHourLater()
  await asks('gestionnaire', 'trop-tard@exemple.be').catch(() => undefined)
  await arrangeState(database, idOf('gestionnaire'), 'deletion_requested')
  const { link } = await letterTo('trop-tard@exemple.be')
  const visitor = newVisitor()
  await visitor.go(link)
  if (visitor.page?.status === 200) await confirm(visitor)
  expect(visitor.page?.status).toBe(410)
  expect((await accountOf('gestionnaire'))?.['email']).not.toBe('trop-tard@exemple.be')
})
