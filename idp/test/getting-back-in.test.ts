import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { Secret } from '@myanm/chassis'
import {
  arrangeState,
  beginFlow,
  client,
  discover,
  newVisitor,
  PASSWORD,
  query,
  signInAs,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  typeCredentials,
  Visitor,
  withDatabase,
} from '@myanm/testing'
import * as oauth from 'openid-client'
import { proofSecrets } from '../src/proofs/secrets.ts'
import { startOwnProcess } from './stage/own-process.ts'
import { plainly } from './stage/plain-http.ts'
import { mannWhitney, median } from './stage/statistics.ts'
import { until } from './stage/until.ts'

const E05 = "Ce lien n'est plus valable. Demandez-en un nouveau."
const E06 = "Choisissez un mot de passe d'au moins 12 caractères, difficile à deviner."
const E07 = 'Les deux mots de passe ne correspondent pas.'
const NEW = 'le chat du balcon dort encore'

let database: TestDatabase
let myanm: TestIdp

const idOf = (key: string): string => myanm.accounts.get(key) ?? ''

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
  await query(database, "update proof set asked_at = asked_at - interval '2 minutes'")
})

const at = (path: string): URL => new URL(path, myanm.issuer)
const lettersTo = (key: string) => myanm.letters.filter(({ to }) => to === `${key}@exemple.be`)
const linkIn = (text: string): string => /http\S+\/mot-de-passe\/\S+/.exec(text)?.[0] ?? ''
const codeIn = (text: string): string => /^\s*(\d{4} \d{4})\s*$/m.exec(text)?.[1] ?? ''

/** Asks for a new password, and gives the letter that comes. */
async function ask(visitor: Visitor, identifier: string, key = identifier) {
  const before = lettersTo(key).length
  await visitor.go(at('/mot-de-passe/oublie'))
  const page = await visitor.submit({ fields: { identifiant: identifier } })
  await until(() => lettersTo(key).length > before)
  const letter = lettersTo(key).at(-1)
  const text = letter?.text ?? ''
  return { page, letter, link: linkIn(text), code: codeIn(text) }
}

const choose = (visitor: Visitor, password: string, confirmation = password) =>
  visitor.submit({ fields: { mot_de_passe: password, confirmation } })

/** Whether a login and a password open the door. */
async function letsIn(login: string, password: string): Promise<boolean> {
  const visitor = newVisitor()
  await visitor.go((await beginFlow(await discover(myanm.issuer, 'guide-social'))).url)
  const page = await typeCredentials(visitor, login, password)
  return page.status !== 422 && !page.url.pathname.includes('/mot-de-passe')
}

/** Puts the clock of a person’s proofs back, as if they had waited. */
const wait = (key: string, interval: string) =>
  query(
    database,
    `update proof set created_at = created_at - $2::interval, asked_at = asked_at - $2::interval,
        expires_at = expires_at - $2::interval where account_id = $1`,
    [idOf(key), interval],
  )

const forgetMinute = () => query(database, "delete from attempt where key like 'recovery-minute%'")

describe('a forgotten password', () => {
  test('is replaced by the link of a mail; nobody is signed in by it', async () => {
    const visitor = new Visitor()
    const { page, letter, link } = await ask(visitor, ' Lecteur@Exemple.be ', 'lecteur')
    expect(page.text).toContain('Si un compte existe pour Lecteur@Exemple.be')
    expect(page.text).toContain('SPAM')
    expect(letter?.subject).toBe('Réinitialisez votre mot de passe')
    const form = await visitor.go(link)
    expect(form.status).toBe(200)
    expect(form.text).toContain('Pour le compte lecteur')
    expect(form.$('input[autocomplete=new-password]')).toHaveLength(2)
    const done = await choose(visitor, NEW)
    expect(done.url.pathname).toBe('/mot-de-passe/change')
    expect(done.text).toContain('Votre mot de passe est changé')
    const account = await visitor.go(at('/compte'))
    expect(account.url.pathname).toMatch(/^\/connexion\//)
    expect(await letsIn('lecteur', PASSWORD)).toBe(false)
    expect(await letsIn('lecteur', NEW)).toBe(true)
    await until(() =>
      lettersTo('lecteur').some(({ subject }) => subject === 'Votre mot de passe a été modifié'),
    )
  })

  test('is not said to be changed to somebody who has not changed it', async () => {
    const page = await new Visitor().go(at('/mot-de-passe/change'))
    expect(page.url.pathname).toBe('/mot-de-passe/oublie')
  })

  test('is replaced by the code of that mail, on the page that waits for it', async () => {
    const visitor = new Visitor()
    const { code } = await ask(visitor, 'collegue')
    const wrong = await visitor.submit({ fields: { code: '0000 0000' } })
    expect(wrong.status).toBe(422)
    expect(wrong.text).toContain('Ce code n’est pas le bon')
    const form = await visitor.submit({ fields: { code } })
    expect(form.url.pathname).toMatch(/^\/mot-de-passe\/.{60,}/)
    await choose(visitor, NEW)
    expect(await letsIn('collegue', NEW)).toBe(true)
  })

  test('ends every session and every token, at every site', async () => {
    const { configuration, tokens } = await signInAs(myanm.issuer, 'responsable', {
      client: 'guide-social',
    })
    const other = await signInAs(myanm.issuer, 'responsable', { client: 'monasbl' })
    const visitor = new Visitor()
    const { link } = await ask(visitor, 'responsable')
    await visitor.go(link)
    await choose(visitor, NEW)
    await expect(
      oauth.fetchUserInfo(configuration, tokens.access_token, tokens.claims()?.sub ?? ''),
    ).rejects.toThrow()
    await expect(
      oauth.refreshTokenGrant(other.configuration, other.tokens.refresh_token ?? 'none'),
    ).rejects.toThrow()
    const left = await query(
      database,
      "select 1 from oidc_artefact where account_id = $1 and kind in ('Session', 'Grant')",
      [idOf('responsable')],
    )
    expect(left).toHaveLength(0)
  })

  test('ends what somebody else may have asked for by mail: another address above all', async () => {
    await query(
      database,
      `insert into proof (account_id, purpose, email, expires_at)
        values ($1, 'change-email', 'pirate@exemple.be', now() + interval '1 day')`,
      [idOf('suspendu')],
    )
    await arrangeState(database, idOf('suspendu'), 'active')
    const visitor = new Visitor()
    const { link } = await ask(visitor, 'suspendu')
    await visitor.go(link)
    await choose(visitor, NEW)
    const live = await query(
      database,
      'select purpose from proof where account_id = $1 and used_at is null and ended_at is null',
      [idOf('suspendu')],
    )
    expect(live).toEqual([])
  })

  test('lifts the lock that strangers have put on the account', async () => {
    for (let turn = 0; turn < 6; turn += 1) await letsIn('independant', 'ce n’est pas cela')
    expect(await letsIn('independant', PASSWORD)).toBe(false)
    const visitor = new Visitor()
    const { link } = await ask(visitor, 'independant')
    await visitor.go(link)
    await choose(visitor, NEW)
    expect(await letsIn('independant', NEW)).toBe(true)
  })

  test('goes on with the sign-in it interrupted, the login filled in', async () => {
    const visitor = newVisitor()
    const flow = await beginFlow(await discover(myanm.issuer, 'guide-social'))
    const first = await visitor.go(flow.url)
    const journey = first.url.pathname.split('/')[2]
    await visitor.go(at(`/mot-de-passe/oublie?etape=${journey}`))
    await visitor.submit({ fields: { identifiant: 'voisin' } })
    await until(() => lettersTo('voisin').length > 0)
    await visitor.go(linkIn(lettersTo('voisin').at(-1)?.text ?? ''))
    const done = await choose(visitor, NEW)
    expect(done.text).toContain('revenir sur Guide Social')
    const door = await visitor.follow('revenir sur Guide Social')
    expect(door.text).toContain('voisin')
    const back = await visitor.submit({ fields: { mot_de_passe: NEW } })
    expect(back.url.port).toBe('9999')
    expect(back.url.searchParams.get('state')).toBe(flow.state)
  })

  test('of another browser leads back to the site it was asked from', async () => {
    const asking = newVisitor()
    const first = await asking.go((await beginFlow(await discover(myanm.issuer, 'monasbl'))).url)
    await asking.go(at(`/mot-de-passe/oublie?etape=${first.url.pathname.split('/')[2]}`))
    await asking.submit({ fields: { identifiant: 'gestionnaire' } })
    await until(() => lettersTo('gestionnaire').length > 0)
    const elsewhere = new Visitor()
    await elsewhere.go(linkIn(lettersTo('gestionnaire').at(-1)?.text ?? ''))
    const done = await choose(elsewhere, NEW)
    expect(done.$('main a.govuk-button').attr('href')).toBe('http://localhost:9998')
  })
})

describe('a link', () => {
  test('is burnt by nobody who only looks: HEAD, GET twice, a code page opened', async () => {
    const visitor = new Visitor()
    const { link } = await ask(visitor, 'multi')
    const scanner = new Visitor()
    for (const method of ['HEAD', 'GET', 'GET', 'HEAD']) {
      const answer = await scanner.request(new URL(link), { method })
      expect(answer.status).toBe(200)
    }
    await visitor.go(link)
    expect((await choose(visitor, NEW)).url.pathname).toBe('/mot-de-passe/change')
  })

  test('works once: afterwards it says so, and how to get another', async () => {
    const visitor = new Visitor()
    const { link } = await ask(visitor, 'candidat')
    await visitor.go(link)
    await choose(visitor, NEW)
    const again = await visitor.go(link)
    expect(again.status).toBe(410)
    expect(again.text).toContain(E05)
    const way = await visitor.follow('Recevoir un nouvel e-mail')
    expect(way.url.pathname).toBe('/mot-de-passe/oublie')
  })

  test('used by twenty at once lets one of them choose', async () => {
    const { link } = await ask(new Visitor(), 'conseiller')
    const visitors = await Promise.all(
      Array.from({ length: 20 }, async (_, turn) => {
        const visitor = new Visitor()
        await visitor.go(link)
        return { visitor, password: `${NEW} numéro ${turn}` }
      }),
    )
    const pages = await Promise.all(
      visitors.map(({ visitor, password }) => choose(visitor, password)),
    )
    const won = pages.findIndex((page) => page.url.pathname === '/mot-de-passe/change')
    expect(pages.filter((page) => page.status === 200)).toHaveLength(1)
    expect(pages.filter((page) => page.status === 410)).toHaveLength(19)
    expect(await letsIn('conseiller', `${NEW} numéro ${won}`)).toBe(true)
  })

  test('is not used up by a password that is refused, which says why', async () => {
    const visitor = new Visitor()
    const { link } = await ask(visitor, 'academie')
    await visitor.go(link)
    const short = await choose(visitor, 'court')
    expect(short.status).toBe(422)
    expect(short.text).toContain(E06)
    expect(short.$('title').text()).toMatch(/^Erreur/)
    expect((await choose(visitor, 'motdepasse2026!')).text).toContain('trop courant')
    expect((await choose(visitor, 'Academie en 2026')).text).toContain('contient votre nom')
    expect((await choose(visitor, NEW, `${NEW}.`)).text).toContain(E07)
    expect((await choose(visitor, NEW)).url.pathname).toBe('/mot-de-passe/change')
  })

  test('lives an hour, to the second', async () => {
    const visitor = new Visitor()
    const { link } = await ask(visitor, 'particulier')
    const proof = { last: 'where account_id = $1 and used_at is null and ended_at is null' }
    const set = (left: string) =>
      query(
        database,
        `update proof set created_at = now() - interval '59 minutes',
          expires_at = now() + $2::interval ${proof.last}`,
        [idOf('particulier'), left],
      )
    const [life] = await query<{ life: string }>(
      database,
      `select extract(epoch from expires_at - created_at)::int as life from proof ${proof.last}`,
      [idOf('particulier')],
    )
    expect(Number(life?.life)).toBe(3600)
    await set('-1 second')
    expect((await visitor.go(link)).status).toBe(410)
    await set('0 seconds')
    expect((await visitor.go(link)).status).toBe(410)
    await set('1.5 seconds')
    expect((await visitor.go(link)).status).toBe(200)
    await new Promise((resolve) => setTimeout(resolve, 1600))
    expect((await choose(visitor, NEW)).status).toBe(410)
    expect(await letsIn('particulier', PASSWORD)).toBe(true)
  })

  test('to an address the account no longer has opens nothing', async () => {
    const { link } = await ask(new Visitor(), 'particulier')
    await query(database, "update account set email = 'ailleurs@exemple.be' where id = $1", [
      idOf('particulier'),
    ])
    expect((await new Visitor().go(link)).status).toBe(410)
    await query(database, "update account set email = 'particulier@exemple.be' where id = $1", [
      idOf('particulier'),
    ])
  })

  test('of somebody suspended meanwhile opens nothing', async () => {
    await forgetMinute()
    const visitor = new Visitor()
    const { link } = await ask(visitor, 'particulier')
    await visitor.go(link)
    await arrangeState(database, idOf('particulier'), 'suspended')
    expect((await choose(visitor, NEW)).status).toBe(410)
    expect((await visitor.go(link)).status).toBe(410)
    await arrangeState(database, idOf('particulier'), 'active')
  })

  test('made up, cut or for another purpose is one that does not work', async () => {
    for (const token of ['x', 'oublie2', `${'A'.repeat(22)}.${'B'.repeat(43)}`, '%00', 'é']) {
      const page = await new Visitor().go(at(`/mot-de-passe/${encodeURI(token)}`))
      expect([400, 410]).toContain(page.status)
    }
  })

  test('is told to nobody: not by the page’s policy', async () => {
    const { link } = await ask(new Visitor(), 'particulier')
    const answer = await new Visitor().request(new URL(link))
    expect(answer.headers.get('referrer-policy')).toBe('strict-origin')
    expect(answer.headers.get('cache-control')).toContain('no-store')
  })

  test('is told to nobody: not by the log, neither is who was asked for', async () => {
    const clients = ['guide-social', 'bilan'].map((id) => client({ id }))
    await using own = await withDatabase()
    const aside = await startOwnProcess({
      database: own,
      clients,
      environment: { LOG_LEVEL: 'trace' },
    })
    try {
      const visitor = new Visitor()
      await visitor.go(new URL('/mot-de-passe/oublie', aside.issuer))
      await visitor.submit({ fields: { identifiant: 'lecteur@exemple.be' } })
      let proof: string | undefined
      await until(async () => {
        ;[{ id: proof } = { id: undefined }] = await query<{ id: string }>(
          own,
          'select id from proof',
        )
        return proof !== undefined
      })
      const secrets = proofSecrets(new Secret(aside.environment['COOKIE_KEY'] ?? ''))
      const token = secrets.tokenOf(proof ?? '')
      await visitor.submit({ fields: { code: '1234 5678' } })
      await visitor.go(new URL(`/mot-de-passe/${token}`, aside.issuer))
      await choose(visitor, 'court')
      await choose(visitor, NEW)
      await visitor.go(new URL(`/mot-de-passe/${token}`, aside.issuer))
      await until(() => aside.output().includes('"status":410'))
      const log = aside.output()
      expect(log).toContain('/mot-de-passe/:jeton')
      for (const secret of [token, secrets.codeOf(proof ?? ''), 'lecteur', 'exemple.be', NEW]) {
        expect(log).not.toContain(secret)
      }
    } finally {
      await aside.stop()
    }
  })
})

describe('a mail', () => {
  test('asked for again within a minute is one mail; an hour brings five', async () => {
    const before = lettersTo('particulier').length
    const visitor = new Visitor()
    await ask(visitor, 'particulier')
    const again = await visitor.submit({ form: 'form:has(input[name=identifiant])' })
    expect(again.text).toContain('Attendez une minute')
    for (let turn = 0; turn < 8; turn += 1) {
      const stranger = new Visitor()
      await stranger.go(at('/mot-de-passe/oublie'))
      await stranger.submit({ fields: { identifiant: 'particulier@exemple.be' } })
    }
    await new Promise((resolve) => setTimeout(resolve, 800))
    expect(lettersTo('particulier')).toHaveLength(before + 1)
    for (let turn = 0; turn < 8; turn += 1) {
      await forgetMinute()
      await wait('particulier', '61 seconds')
      const stranger = new Visitor()
      await stranger.go(at('/mot-de-passe/oublie'))
      await stranger.submit({ fields: { identifiant: 'particulier' } })
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    expect(lettersTo('particulier')).toHaveLength(before + 5)
  })

  test('asked for again later carries the same link: the first one still works', async () => {
    const visitor = new Visitor()
    const first = await ask(visitor, 'multi')
    await forgetMinute()
    await wait('multi', '2 minutes')
    const second = await ask(new Visitor(), 'multi')
    expect(second.link).toBe(first.link)
    expect(second.code).toBe(first.code)
  })

  test('leads to our own address, whatever the request said of itself', async () => {
    const { page } = await ask(new Visitor(), 'voisin')
    expect(page.status).toBe(200)
    await forgetMinute()
    await wait('voisin', '2 minutes')
    const before = lettersTo('voisin').length
    const visitor = new Visitor()
    const form = await visitor.go(at('/mot-de-passe/oublie'))
    const body = new URLSearchParams({
      jeton: String(form.$('input[name=jeton]').attr('value')),
      identifiant: 'voisin',
    })
    const poisoned = await visitor.post(at('/mot-de-passe/oublie'), body, {
      origin: myanm.issuer.origin,
      'x-forwarded-host': 'pirate.example',
      'x-forwarded-proto': 'https',
      'x-forwarded-for': '203.0.113.9',
      forwarded: 'host=pirate.example',
      'x-original-url': '/pirate',
    })
    expect(poisoned.text).toContain('Si un compte existe')
    await until(() => lettersTo('voisin').length > before)
    const letter = lettersTo('voisin').at(-1)
    expect(letter?.text).not.toContain('pirate')
    expect(linkIn(letter?.text ?? '')).toMatch(
      new RegExp(`^${RegExp.escape(myanm.issuer.origin)}/mot-de-passe/`),
    )
    const foreign = await plainly(at('/'), {
      method: 'GET',
      path: '/mot-de-passe/oublie',
      headers: { host: 'pirate.example' },
    })
    expect(foreign.status).toBe(421)
  })
})

describe('whoever registered with an address of somebody else', () => {
  test('finds their password gone once its owner proves the mailbox', async () => {
    await arrangeState(database, idOf('collaborateur'), 'unconfirmed')
    await query(database, 'update account set email_confirmed_at = null where id = $1', [
      idOf('collaborateur'),
    ])
    const visitor = new Visitor()
    const { link, letter } = await ask(visitor, 'collaborateur')
    expect(letter?.subject).toBe('Réinitialisez votre mot de passe')
    await visitor.go(link)
    await choose(visitor, NEW)
    const [account] = await query<{ state: string; confirmed: boolean }>(
      database,
      'select state, email_confirmed_at is not null as confirmed from account where id = $1',
      [idOf('collaborateur')],
    )
    expect(account).toEqual({ state: 'active', confirmed: true })
    expect(await letsIn('collaborateur', PASSWORD)).toBe(false)
    expect(await letsIn('collaborateur', NEW)).toBe(true)
  })
})

describe('whether an account exists', () => {
  const CASES = ['particulier', 'suspendue', 'personne-de-ce-nom', 'personne@exemple.be'] as const

  beforeAll(async () => {
    await arrangeState(database, idOf('academie'), 'suspended')
  })
  const named = (name: string) => (name === 'suspendue' ? 'academie' : name)

  test('is in no word, status, header, cookie or length of an answer', async () => {
    const answers = []
    for (const name of CASES) {
      const visitor = new Visitor()
      const form = await visitor.go(at('/mot-de-passe/oublie'))
      const jeton = String(form.$('input[name=jeton]').attr('value'))
      const identifiant = named(name)
      const post = await visitor.request(at('/mot-de-passe/oublie'), {
        method: 'POST',
        body: new URLSearchParams({ jeton, identifiant }).toString(),
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          origin: myanm.issuer.origin,
        },
      })
      const sent = await visitor.go(at('/mot-de-passe/oublie/envoye'))
      const wrong = await visitor.submit({ fields: { code: '1234 5678' } })
      answers.push({
        status: [post.status, sent.status, wrong.status],
        headers: [post.headers, sent.headers, wrong.headers].map((headers) =>
          [...headers.keys()].filter((key) => key !== 'content-length').toSorted(),
        ),
        cookies: post.headers
          .getSetCookie()
          .map((cookie) => cookie.replace(/=[^;]*/, '=…').replace(/expires=[^;]*/, '')),
        pages: [sent, wrong].map(({ text }) => text.replaceAll(identifiant, '…')),
        length: sent.html.replaceAll(identifiant, '').length,
      })
    }
    for (const answer of answers) expect(answer).toEqual(answers[0])
  })

  test('is in no delay: neither of the asking nor of a wrong code', async () => {
    const samples: Record<string, { ask: number[]; code: number[] }> = {}
    const names = ['particulier', 'nulle-part-ici'] as const
    const visitors = await Promise.all(
      names.map(async (name) => {
        const visitor = new Visitor()
        const form = await visitor.go(at('/mot-de-passe/oublie'))
        samples[name] = { ask: [], code: [] }
        return { name, visitor, jeton: String(form.$('input[name=jeton]').attr('value')) }
      }),
    )
    const post = async (visitor: Visitor, path: string, fields: Record<string, string>) => {
      const started = performance.now()
      const answer = await visitor.request(at(path), {
        method: 'POST',
        body: new URLSearchParams(fields).toString(),
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          origin: myanm.issuer.origin,
        },
      })
      await answer.arrayBuffer()
      return performance.now() - started
    }
    const AGAIN = 250
    for (let turn = 0; turn < AGAIN; turn += 1) {
      if (turn % 20 === 0) await forget()
      for (const { name, jeton } of turn % 2 ? visitors : visitors.toReversed()) {
        // A browser that has not asked before: one that has is told to wait, whoever it asks for.
        const fresh = new Visitor()
        await fresh.jar.setCookie(
          (await visitors[0]?.visitor.jar.getCookies(myanm.issuer.href))
            ?.find(({ key }) => key === 'visiteur')
            ?.toString() ?? '',
          myanm.issuer.href,
        )
        const mine = visitors[0]?.jeton ?? jeton
        const took = await post(fresh, '/mot-de-passe/oublie', { jeton: mine, identifiant: name })
        samples[name]?.ask.push(took)
        if (turn < 40) {
          const wrong = await post(fresh, '/mot-de-passe/oublie/envoye', {
            jeton: mine,
            code: '00000000',
          })
          samples[name]?.code.push(wrong)
        }
      }
    }
    for (const kind of ['ask', 'code'] as const) {
      const [known = [], unknown = []] = names.map((name) => samples[name]?.[kind] ?? [])
      const [left, right] = [median(known), median(unknown)]
      const likelihood = mannWhitney(known, unknown)
      // A few milliseconds on a busy machine: medians part by themselves. Apart and unlikely to be chance
      // is what tells, as for the sign-in (`attempts.test.ts`).
      const isApart = Math.abs(left - right) / Math.max(left, right) >= 0.05
      expect(isApart && likelihood <= 0.2).toBe(false)
      expect(likelihood).toBeGreaterThan(0.01)
    }
  }, 120_000)
})
