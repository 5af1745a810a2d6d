import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import {
  arrangeState,
  beginFlow,
  discover,
  newVisitor,
  PASSWORD,
  type Page,
  query,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  typeCredentials,
  Visitor,
  withDatabase,
} from '@myanm/testing'
import {
  arrive,
  codeIn,
  fillIn,
  GOOD_PASSWORD,
  goodForm,
  lastLetterTo,
  lettersTo,
  linkIn,
  register,
} from './stage/registering.ts'
import { mannWhitney, median } from './stage/statistics.ts'
import { until } from './stage/until.ts'

const EVIL_PASSWORD = 'la clef que je garde pour plus tard'
const E01 = 'Identifiant ou mot de passe incorrect.'

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

const forget = () => query(database, 'delete from attempt')
afterEach(async () => {
  await forget()
})

const accountOf = async (email: string) => {
  const [row] = await query<Record<string, unknown>>(
    database,
    'select * from account where identifier_key(email) = identifier_key($1)',
    [email],
  )
  return row
}

async function signIn(login: string, password: string): Promise<Page> {
  const configuration = await discover(myanm.issuer, 'guide-social')
  const visitor = newVisitor()
  await visitor.go((await beginFlow(configuration)).url)
  return typeCredentials(visitor, login, password)
}

const isIn = (page: Page): boolean => page.url.searchParams.has('code')

/** Somebody registers an address that is not theirs, with a password of theirs. */
const squat = (email: string, fields: Readonly<Record<string, string>> = {}) =>
  register(myanm, email, {
    fields: {
      prenom: 'Eve',
      nom: 'Malin',
      mot_de_passe: EVIL_PASSWORD,
      confirmation: EVIL_PASSWORD,
      ...fields,
    },
  })

describe('an address squatted before its owner comes (pre-hijacking)', () => {
  test('becomes its owner’s, with their password; the squatter’s never works', async () => {
    const eve = await squat('proie@exemple.be', { login: 'eve-la-maline' })
    const owner = await register(myanm, 'proie@exemple.be')
    expect(owner.page.url.pathname).toMatch(/\/confirmez$/)
    const letters = await lettersTo(myanm, 'proie@exemple.be', 2)
    expect(new Set(letters.map((letter) => linkIn(letter).href)).size).toBe(2)

    const back = await owner.visitor.submit({ fields: { code: codeIn(letters[1] as never) } })
    expect(isIn(back)).toBe(true)
    expect(await accountOf('proie@exemple.be')).toMatchObject({
      state: 'active',
      given_name: 'Zoé',
      family_name: 'Lambert',
      login: null,
    })
    expect(isIn(await signIn('proie@exemple.be', GOOD_PASSWORD))).toBe(true)
    expect(isIn(await signIn('proie@exemple.be', EVIL_PASSWORD))).toBe(false)
    expect((await signIn('eve-la-maline', EVIL_PASSWORD)).text).toContain(E01)
    // Eve sees what she saw before: nothing tells her that somebody came.
    const again = await eve.visitor.go(`${eve.path}/confirmez`)
    expect(again.text).toContain('proie@exemple.be')
    expect(again.text).toContain('Confirmez votre adresse')
    expect((await eve.visitor.submit({ fields: { code: '1234 5678' } })).status).toBe(422)
  })

  test('is not opened by its owner’s click on the squatter’s link', async () => {
    await squat('clic@exemple.be')
    const link = linkIn(await lastLetterTo(myanm, 'clic@exemple.be'))
    const owner = new Visitor()
    const page = await owner.go(link)
    expect(page.text).toContain('Eve')
    expect(page.text).toContain('Vous n’avez pas demandé cette inscription ?')
    const refused = await owner.submit({ fields: { mot_de_passe: GOOD_PASSWORD } })
    expect(refused.status).toBe(422)
    expect(await accountOf('clic@exemple.be')).toMatchObject({ state: 'unconfirmed' })

    // Nor by a click in the browser where the owner registered: the link is of another journey.
    const mine = await register(myanm, 'clic@exemple.be')
    expect((await mine.visitor.go(link)).$('input[type=password]')).toHaveLength(1)
    expect((await mine.visitor.submit({ fields: { mot_de_passe: GOOD_PASSWORD } })).status).toBe(
      422,
    )
    expect(await accountOf('clic@exemple.be')).toMatchObject({ state: 'unconfirmed' })
  })

  test('is the owner’s also when the squatter comes after them, and last', async () => {
    const owner = await register(myanm, 'avant@exemple.be', { fields: { login: 'la-vraie' } })
    const mine = await lastLetterTo(myanm, 'avant@exemple.be')
    await squat('avant@exemple.be')
    const back = await owner.visitor.submit({ fields: { code: codeIn(mine) } })
    expect(isIn(back)).toBe(true)
    expect(isIn(await signIn('la-vraie', GOOD_PASSWORD))).toBe(true)
    expect(isIn(await signIn('avant@exemple.be', EVIL_PASSWORD))).toBe(false)
    // The squatter's own link is dead, with the right password, too.
    const [, theirs] = await lettersTo(myanm, 'avant@exemple.be', 2)
    const elsewhere = new Visitor()
    const page = await elsewhere.go(linkIn(theirs as never))
    expect(page.text).toContain('Votre compte est déjà activé')
    expect(page.$('form[action^="/confirmation"]')).toHaveLength(0)
  })

  test('is the owner’s when they ask for a new password instead; the squatter’s link is then dead', async () => {
    await squat('oubliee@exemple.be')
    const squatters = linkIn(await lastLetterTo(myanm, 'oubliee@exemple.be'))
    const owner = new Visitor()
    await owner.go(new URL('/mot-de-passe/oublie', myanm.issuer))
    await owner.submit({ fields: { identifiant: 'oubliee@exemple.be' } })
    const letter = await lastLetterTo(myanm, 'oubliee@exemple.be', 2)
    await owner.go(/https?:\/\/\S+\/mot-de-passe\/\S+/.exec(letter.text)?.[0] ?? '')
    await owner.submit({ fields: { mot_de_passe: GOOD_PASSWORD, confirmation: GOOD_PASSWORD } })
    expect(isIn(await signIn('oubliee@exemple.be', GOOD_PASSWORD))).toBe(true)
    expect(isIn(await signIn('oubliee@exemple.be', EVIL_PASSWORD))).toBe(false)
    const eve = new Visitor()
    expect((await eve.go(squatters)).$('form[action^="/confirmation"]')).toHaveLength(0)
    expect(await accountOf('oubliee@exemple.be')).toMatchObject({ state: 'active' })
  })

  test('both links at once: one registration wins, whole', async () => {
    const people = await Promise.all([
      squat('ensemble@exemple.be'),
      register(myanm, 'ensemble@exemple.be'),
    ])
    const letters = await lettersTo(myanm, 'ensemble@exemple.be', 2)
    const codes = letters.map(codeIn)
    await Promise.all(
      people.flatMap(({ visitor }) =>
        codes.map((code) => visitor.submit({ fields: { code } }).catch(() => null)),
      ),
    )
    const account = await accountOf('ensemble@exemple.be')
    expect(account).toMatchObject({ state: 'active' })
    const [winner, loser] =
      account?.['given_name'] === 'Eve'
        ? [EVIL_PASSWORD, GOOD_PASSWORD]
        : [GOOD_PASSWORD, EVIL_PASSWORD]
    expect(isIn(await signIn('ensemble@exemple.be', winner))).toBe(true)
    expect(isIn(await signIn('ensemble@exemple.be', loser))).toBe(false)
  })

  test('stays with who waits for it when the squatter takes their registration elsewhere', async () => {
    const eve = await squat('reste@exemple.be', { login: 'chipie' })
    const owner = await register(myanm, 'reste@exemple.be')
    await eve.visitor.go(`${eve.path}/adresse`)
    await eve.visitor.submit({ fields: { email: 'eve-ailleurs@exemple.be' } })
    expect(await accountOf('eve-ailleurs@exemple.be')).toMatchObject({ given_name: 'Eve' })
    expect(await accountOf('reste@exemple.be')).toMatchObject({ given_name: 'Zoé', login: null })
    const code = codeIn(await lastLetterTo(myanm, 'reste@exemple.be', 2))
    expect(isIn(await owner.visitor.submit({ fields: { code } }))).toBe(true)
    expect(await accountOf('reste@exemple.be')).toMatchObject({ given_name: 'Zoé' })
  })

  test('taken along to the address of another leaves the account of that other alone', async () => {
    const eve = await squat('mienne@exemple.be', { login: 'ma-cle' })
    const before = await accountOf('lecteur@exemple.be')
    await eve.visitor.go(`${eve.path}/adresse`)
    const page = await eve.visitor.submit({ fields: { email: 'lecteur@exemple.be' } })
    expect(page.text).toContain('lecteur@exemple.be')
    expect(await accountOf('lecteur@exemple.be')).toEqual(before)
    // The code of the mail that went to her own mailbox opens nothing.
    const code = codeIn(await lastLetterTo(myanm, 'mienne@exemple.be'))
    expect((await eve.visitor.submit({ fields: { code } })).status).toBe(422)
    expect(await accountOf('mienne@exemple.be')).toBeUndefined()
    expect((await lastLetterTo(myanm, 'lecteur@exemple.be')).subject).toBe(
      'Vous avez déjà un compte MyANM',
    )
    expect(isIn(await signIn('lecteur', PASSWORD))).toBe(true)
  })

  test('of a carried-over account that waits is not touched until the mailbox is proven', async () => {
    const before = await accountOf('non_confirme@exemple.be')
    await squat('non_confirme@exemple.be')
    expect(await accountOf('non_confirme@exemple.be')).toEqual(before)
  })

  test('squatted by a variant of its spelling gets its mail at that spelling only', async () => {
    await squat('Proie2@Exemple.be')
    await register(myanm, 'proie2@exemple.be')
    await lettersTo(myanm, 'Proie2@exemple.be')
    const letter = await lastLetterTo(myanm, 'proie2@exemple.be')
    expect(letter.subject).toBe('Confirmez votre adresse e-mail')
    expect(await query(database, "select from account where email ilike 'proie2@%'")).toHaveLength(
      1,
    )
  })
})

describe('an address that has an account already', () => {
  const STATES = ['active', 'suspended', 'deletion_requested', 'legacy'] as const
  const known = {
    active: 'voisin',
    suspended: 'suspendu',
    deletion_requested: 'multi',
    legacy: 'ancien',
  }

  beforeAll(async () => {
    await arrangeState(database, myanm.accounts.get('multi') ?? '', 'deletion_requested')
  })

  /** All a page says, but for what was typed and what is drawn anew each time. */
  function told(page: Page, email: string) {
    const bare = (said: string) =>
      said
        .replaceAll(email, '…')
        .replaceAll(/\/connexion\/[\w-]+|etape=[\w-]+/g, '')
        .replaceAll(/name="jeton" value="[^"]+"/g, '')
        // How soon the post is through: it may be before this page or after it, for all alike.
        .replaceAll('en cours d’envoi.', 'parti.')
    const { date: _date, 'content-length': _length, ...headers } = Object.fromEntries(page.headers)
    return {
      status: page.status,
      headers: JSON.parse(bare(JSON.stringify(headers)).replace(/=[^;"]{20,}/g, '')) as object,
      length: bare(page.html).length,
      text: bare(page.html),
      trail: page.trail.map(({ pathname }) => bare(pathname)),
    }
  }

  /** Everything somebody can do with a registration, told step by step. */
  async function story(email: string) {
    const newcomer = await register(myanm, email)
    const { visitor, path } = newcomer
    const pages = [newcomer.page]
    // The mail is on its way, or there: to all alike.
    await until(async () => (await visitor.go(`${path}/confirmez`)).text.includes('e-mail : parti'))
    pages.push(visitor.page as Page)
    pages.push(await visitor.submit({ form: 'form[action$="/renvoyer"]' }))
    await query(database, "update registration set asked_at = asked_at - interval '61 seconds'")
    await query(database, "update proof set asked_at = asked_at - interval '61 seconds'")
    pages.push(await visitor.submit({ form: 'form[action$="/renvoyer"]' }))
    await until(async () => (await visitor.go(`${path}/confirmez`)).text.includes('e-mail : parti'))
    for (let turn = 0; turn < 7; turn += 1) {
      pages.push(await visitor.submit({ fields: { code: '0000 0000' } }))
    }
    pages.push(await visitor.go(`${path}/adresse`))
    await visitor.go(`${path}/particulier`)
    pages.push(await visitor.submit({ fields: goodForm(email) }))
    return pages.map((page) => told(page, email))
  }

  test('gets the same answers, from first to last, as one that has none (F34)', async () => {
    for (const state of STATES) {
      await forget()
      // As long as the other, so that the length of the page can be compared as well.
      const nobody = await story(`${'n'.repeat(known[state].length)}@exemple.be`)
      await query(database, 'delete from account where email like $1', ['nn%@exemple.be'])
      await forget()
      expect(await story(`${known[state]}@exemple.be`)).toEqual(nobody)
      expect(nobody.map(({ status }) => status)).toEqual([
        ...[200, 200, 200, 200],
        ...Array.from({ length: 7 }, () => 422),
        ...[200, 200],
      ])
    }
  }, 120_000)

  test('is told apart neither by signing in with the password just chosen (F34)', async () => {
    const answers = []
    for (const email of ['voisin@exemple.be', 'nvisin@exemple.be']) {
      await forget()
      const chosen = { mot_de_passe: EVIL_PASSWORD, confirmation: EVIL_PASSWORD }
      await register(myanm, email)
      await register(myanm, email, { fields: chosen })
      const story = []
      for (const password of [EVIL_PASSWORD, 'pas celui-ci', GOOD_PASSWORD, EVIL_PASSWORD]) {
        const page = await signIn(email, password)
        story.push(told(page, email), page.text.includes("n'est pas encore confirmée"))
      }
      // The first password is the older registration's: the latest is the one that counts.
      expect(story.filter((said) => typeof said === 'boolean')).toEqual([true, false, false, true])
      // Those that were right lift no lock.
      for (let turn = 0; turn < 4; turn += 1) {
        story.push(told(await signIn(email, 'pas celui-ci'), email))
      }
      expect(story.at(-1)).toMatchObject({ status: 429 })
      answers.push(story)
    }
    expect(answers[0]).toEqual(answers[1])
    await forget()
    expect(isIn(await signIn('voisin@exemple.be', PASSWORD))).toBe(true)
  }, 60_000)

  test('gets ML2, and no change at all', async () => {
    const before = await accountOf('responsable@exemple.be')
    await register(myanm, 'Responsable@Exemple.be')
    const letter = await lastLetterTo(myanm, 'responsable@exemple.be')
    expect(letter.subject).toBe('Vous avez déjà un compte MyANM')
    expect(letter.text).not.toContain('/confirmation/')
    expect(await accountOf('responsable@exemple.be')).toEqual(before)
    const events = await query<{ event: string }>(
      database,
      'select event from journal where account_id = $1',
      [before?.['id']],
    )
    expect(events.map(({ event }) => event)).toContain('account-known-already')
  })

  test('waits as long as one that has none (F35)', async () => {
    /** How long the form of a newcomer takes, the page beforehand not counted. */
    const timed = async (kind: 'known' | 'unknown'): Promise<number> => {
      const email = kind === 'known' ? 'collegue@exemple.be' : `nul${randomUUID()}@exemple.be`
      const { visitor, path } = await arrive(myanm)
      const page = await visitor.go(`${path}/particulier`)
      const form = new URLSearchParams(goodForm(email))
      form.set('jeton', String(page.$('main input[name=jeton]').attr('value')))
      const started = performance.now()
      const answer = await visitor.request(page.url, {
        method: 'POST',
        body: form.toString(),
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          origin: page.url.origin,
        },
      })
      const took = performance.now() - started
      expect(answer.status).toBe(303)
      await answer.body?.cancel()
      return took
    }
    const compare = async () => {
      const samples: Record<'known' | 'unknown', number[]> = { known: [], unknown: [] }
      const lane = async (first: number) => {
        for (let pair = first; pair < 100; pair += 4) {
          const order = pair % 2 ? (['known', 'unknown'] as const) : (['unknown', 'known'] as const)
          for (const kind of order) samples[kind].push(await timed(kind))
        }
      }
      const clearing = setInterval(() => void forget(), 500)
      await Promise.all([0, 1, 2, 3].map(lane))
      clearInterval(clearing)
      const [left, right] = [median(samples.known), median(samples.unknown)]
      return {
        difference: Math.abs(left - right) / Math.max(left, right),
        likelihood: mannWhitney(samples.known, samples.unknown),
      }
    }
    for (let round = 1; ; round += 1) {
      const { difference, likelihood } = await compare()
      if (likelihood > 0.01 && (difference < 0.05 || likelihood > 0.2)) return
      if (round === 3) expect({ difference, likelihood }).toBe('indistinguishable')
    }
  }, 300_000)
})

describe('mails to somebody else’s mailbox', () => {
  test('are ten an hour at most, whoever asks; the page stays the same', async () => {
    const email = 'inondee@exemple.be'
    for (let turn = 0; turn < 14; turn += 1) {
      const { page } = await register(myanm, email)
      expect([page.status, page.url.pathname]).toEqual([200, expect.stringMatching(/confirmez$/)])
    }
    await lettersTo(myanm, email, 10)
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(await lettersTo(myanm, email)).toHaveLength(10)
  }, 60_000)

  test('are asked for thirty times a quarter of an hour from one address; nothing typed is lost', async () => {
    const newcomer = await register(myanm, 'beaucoup@exemple.be')
    await query(database, "update attempt set points = 30 where key like 'registration:%'")
    const page = await fillIn(newcomer, 'beaucoup2@exemple.be')
    expect(page.status).toBe(429)
    expect(page.headers.get('retry-after')).toMatch(/^\d+$/)
    expect(page.text).toContain('Rien de ce que vous avez tapé n’est perdu')
    expect(page.$('[name=prenom]').attr('value')).toBe('Zoé')
    expect(await accountOf('beaucoup2@exemple.be')).toBeUndefined()
  })

  test.each([
    ['prenom', 'Anne\r\nBcc: tous@exemple.be'],
    ['prenom', '<a href="https://evil.example">Gagnez</a>'],
    ['nom', 'https://evil.example'],
    ['nom', 'x'.repeat(320)],
    ['email', 'anne@exemple.be\r\nBcc: tous@exemple.be'],
    ['email', 'anne@exemple.be,tous@exemple.be'],
    ['email', 'anne@exemple.be\u560a\u560dBcc: tous@exemple.be'],
    ['email', '"anne\\r\\nBcc: tous"@exemple.be'],
  ])('carry no %s like %j (F32)', async (field, evil) => {
    const before = myanm.letters.length
    const { page } = await register(myanm, 'entete@exemple.be', { fields: { [field]: evil } })
    expect(page.status).toBe(422)
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(myanm.letters).toHaveLength(before)
  })
})
