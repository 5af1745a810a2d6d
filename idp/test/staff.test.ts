import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import {
  arrangeState,
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
import { importFile, line } from './stage/old-accounts.ts'
import { addsApplication } from './stage/second-factors.ts'
import { joinsTeam, signsIn, staffSignsIn } from './stage/team.ts'
import { until } from './stage/until.ts'

let database: TestDatabase
let myanm: TestIdp

beforeEach(async () => {
  database = await withDatabase()
  myanm = await startTestIdp({ database })
})

afterEach(async () => {
  await myanm.stop()
  await database.drop()
})

const idOf = (key: string): string => myanm.accounts.get(key) ?? ''
const at = (path: string): URL => new URL(path, myanm.issuer)
const accountAt = (key: string, rest = ''): URL => at(`/equipe-anm/comptes/${idOf(key)}${rest}`)
const REASON = 'Demandé par téléphone, identité vérifiée'

const staff = () => staffSignsIn(database, myanm.issuer)
const another = (login = 'collegue') =>
  joinsTeam({ database, issuer: myanm.issuer }, { login, account: idOf(login) })

const stateOf = async (key: string): Promise<string | undefined> => {
  const [row] = await query<{ state: string }>(
    database,
    'select state from account where id = $1',
    [idOf(key)],
  )
  return row?.state
}

/** What was written about somebody since the scene began: their places in it were written down, too. */
const eventsOf = async (key: string): Promise<string[]> => {
  const rows = await query<{ event: string }>(
    database,
    "select event from journal where account_id = $1 and event <> 'membership-added' order by id",
    [idOf(key)],
  )
  return rows.map(({ event }) => event)
}

const lettersTo = (address: string) => myanm.letters.filter(({ to }) => to === address)

/** Opens a page with a form, and posts it. */
async function fills(visitor: Visitor, url: URL, fields: Record<string, string>): Promise<Page> {
  await visitor.go(url)
  return visitor.submit({ form: 'main form[method=post]', fields })
}

const suspends = (visitor: Visitor, key: string) =>
  fills(visitor, accountAt(key, '/suspendre'), { raison: REASON })

describe('who is not of the team', () => {
  const PAGES = [
    '/equipe-anm',
    '/equipe-anm/recherche?q=multi',
    '/equipe-anm/comptes/:id',
    '/equipe-anm/comptes/:id/suspendre',
    '/equipe-anm/comptes/:id/retablir',
    '/equipe-anm/comptes/:id/login',
    '/equipe-anm/comptes/:id/adresse',
    '/equipe-anm/comptes/:id/deuxieme-preuve',
    '/equipe-anm/organismes',
    '/equipe-anm/organismes/:id',
    '/equipe-anm/organismes/:id/vacant',
    '/equipe-anm/organismes/:id/nommer',
    '/equipe-anm/organismes/:id/confier',
    '/equipe-anm/organismes/:id/fermer',
    '/equipe-anm/organismes/:id/rouvrir',
    '/equipe-anm/organismes/:id/reprise/refuser',
    '/equipe-anm/organismes/:id/membres/:id/retirer',
    '/equipe-anm/organismes/:id/invitations/:id/annuler',
    '/equipe-anm/organismes/:id/journal',
    '/equipe-anm/organismes/:id/journal/:id',
    '/equipe-anm/organismes/:id/donnees',
    '/equipe-anm/organismes/:id/verifie',
    '/equipe-anm/conflits/:id/regle',
    '/equipe-anm/mesures/:id',
    '/equipe-anm/doublons',
    '/equipe-anm/doublons/:id/:id',
    '/equipe-anm/doublons/:id/:id/distincts',
    '/equipe-anm/fusions/:id',
    '/equipe-anm/fusions/:id/defaire',
    '/equipe-anm/corrections',
    '/equipe-anm/corrections/:id',
    '/equipe-anm/messages',
    '/equipe-anm/messages/AAAA-AAAA',
    '/equipe-anm/messages/AAAA-AAAA/fermer',
    '/equipe-anm/courriels',
    '/equipe-anm/courriels/domaine',
    '/equipe-anm/courriels/:id/renvoyer',
    '/equipe-anm/sites',
    '/equipe-anm/sites/:id/redire',
    '/equipe-anm/sites/monasbl/tout-redire',
    '/equipe-anm/equipe',
    '/equipe-anm/equipe/inviter',
    '/equipe-anm/equipe/:id/retirer',
  ]

  test('finds no page there: not signed in, signed in, or of the team before, whatever the method', async () => {
    await query(database, 'insert into staff_member (account_id, until) values ($1, now())', [
      idOf('lecteur'),
    ])
    const visitors = {
      'a stranger': newVisitor(),
      'a person': await signsIn(myanm.issuer, 'multi'),
      'one who left the team': await signsIn(myanm.issuer, 'lecteur'),
    }
    for (const [who, visitor] of Object.entries(visitors)) {
      const nowhere = await visitor.request(at('/equipe-des-autres'))
      const words = (text: string) => text.replaceAll(/[0-9A-Z]{4}-[0-9A-Z]{4}|Référence.*?</g, '')
      const expected = words(await nowhere.text())
      for (const page of PAGES) {
        const url = at(page.replaceAll(':id', idOf('multi')))
        for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS'] as const) {
          const answer = await visitor.request(url, { method })
          // Not « method not allowed », not « sign in »: what is nowhere at all answers the same.
          const there = await visitor.request(at('/equipe-des-autres'), { method })
          expect([who, page, method, answer.status]).toEqual([who, page, method, there.status])
          expect(answer.headers.get('allow')).toBe(there.headers.get('allow'))
          if (method === 'GET') expect(words(await answer.text())).toBe(expected)
        }
        // A form with its token, taken from another page: still nowhere.
        if (who === 'a stranger') continue
        const form = await visitor.go(at('/compte/identite'))
        const jeton = form.$('input[name=jeton]').attr('value') ?? ''
        const posted = await visitor.request(url, {
          method: 'POST',
          headers: {
            'content-type': 'application/x-www-form-urlencoded',
            origin: myanm.issuer.origin,
          },
          body: new URLSearchParams({ jeton, raison: REASON, decision: 'accepter' }),
        })
        expect([who, page, posted.status]).toEqual([who, page, 404])
      }
    }
    expect(await stateOf('multi')).toBe('active')
    expect(await eventsOf('multi')).not.toContain('staff-looked')
  }, 120_000)

  test('nor who is of the team without a second factor: they are asked for one first', async () => {
    await query(database, 'insert into staff_member (account_id) values ($1)', [idOf('multi')])
    const visitor = await signsIn(myanm.issuer, 'multi')
    const page = await visitor.go(accountAt('particulier'))
    expect(page.url.pathname).not.toContain('equipe-anm')
    expect(page.text).not.toContain('particulier@exemple.be')
    expect(await eventsOf('particulier')).not.toContain('staff-looked')
  })
})

describe('somebody of the team', () => {
  test('comes there from the page of their account, and nobody else is shown the way', async () => {
    const page = await (await staff()).follow('Ouvrir les pages de l’équipe')
    expect(page.url.pathname).toBe('/equipe-anm')
    const person = await signsIn(myanm.issuer, 'multi')
    expect(person.page?.html).not.toContain('equipe-anm')
  })

  test('finds a person by the beginning of login, address or name, and never everybody', async () => {
    const visitor = await staff()
    const search = (q: string) => visitor.go(at(`/equipe-anm/recherche?q=${encodeURIComponent(q)}`))
    expect((await search('parti')).text).toContain('Particulier Dupont')
    expect((await search('PARTICULIER@exemple.be')).text).toContain('Particulier Dupont')
    expect((await search('Particulier Dupont')).text).toContain('Particulier Dupont')
    expect((await search('dupont')).$('.rows .row').length).toBeGreaterThan(5)
    for (const nothing of ['%', '%%%', '___', 'zzzz', '\\\\\\']) {
      expect((await search(nothing)).$('.rows .row')).toHaveLength(0)
    }
    expect((await search('ab')).status).toBe(422)
    // A list says as much as is needed to open the right one.
    expect((await search('parti')).html).not.toContain('particulier@exemple.be')
    await query(
      database,
      `insert into account (account_type, state, email, family_name)
        select 'particulier', 'legacy', 'tous' || n || '@exemple.be', 'Touslesmemes'
          from generate_series(1, 30) n`,
    )
    expect((await search('touslesm')).$('.rows .row')).toHaveLength(20)
  })

  test('finds an old account by the login it had, even when somebody else has it now', async () => {
    await importFile(database, [
      line({ id: '1', login: 'multi', email: 'ancienne@exemple.com', last: 'Vandenberghe' }),
    ])
    const visitor = await staff()
    const page = await visitor.go(at('/equipe-anm/recherche?q=multi'))
    expect(page.text).toContain('Anne Vandenberghe')
    expect(page.text).toContain('Multi Dupont')
  })

  test('sees what is needed to help, not the rest; and the person is told of the look (M30)', async () => {
    await query(
      database,
      `insert into profile (account_id, phone, street, locality)
        values ($1, '0470123456', 'Rue Cachée 1', 'Ottignies')`,
      [idOf('multi')],
    )
    const page = await (await staff()).go(accountAt('multi'))
    for (const seen of ['multi@exemple.be', 'Les Tilleuls ASBL', 'Responsable', 'Actif']) {
      expect(page.text).toContain(seen)
    }
    for (const hidden of ['0470', 'Cachée', 'Ottignies']) expect(page.html).not.toContain(hidden)
    expect(await eventsOf('multi')).toEqual(['staff-looked'])
    const own = await (await signsIn(myanm.issuer, 'multi')).go(at('/compte/donnees/journal'))
    expect(own.text).toContain('a consulté votre compte')
  })

  test('asks for what is not there, or sends what nobody types, and finds a page that leads on', async () => {
    const visitor = await staff()
    for (const id of ['pas-un-identifiant', '00000000-0000-7000-8000-000000000000', '%00', "'"]) {
      const page = await visitor.go(at(`/equipe-anm/comptes/${id}`))
      expect([400, 404]).toContain(page.status)
    }
    const form = await visitor.go(accountAt('multi', '/suspendre'))
    const jeton = form.$('input[name=jeton]').attr('value') ?? ''
    const forms = [
      ...['suspendre', 'retablir', 'login', 'adresse', 'deuxieme-preuve'].map((name) =>
        accountAt('multi', `/${name}`),
      ),
      at('/equipe-anm/equipe/inviter'),
      at(`/equipe-anm/equipe/${idOf('multi')}/retirer`),
      at(`/equipe-anm/corrections/${idOf('multi')}`),
      at(`/equipe-anm/courriels/${idOf('multi')}/renvoyer`),
      at('/equipe-anm/messages/AAAA-AAAA/fermer'),
    ]
    const bodies = [
      '',
      'raison=a%00b',
      'raison=%ED%A0%80&adresse=%ED%A0%80',
      'raison=1&raison=2',
      'raison[]=x&adresse[]=y&decision[]=accepter',
      '__proto__[state]=active&constructor=1',
      `raison=${'a'.repeat(3000)}&adresse=${'a'.repeat(3000)}`,
      'adresse=x%0D%0ABcc:y@exemple.com&raison=court',
      'decision=accepter&state=accepted&decided_by=1',
    ]
    for (const url of forms) {
      for (const body of bodies) {
        const answer = await visitor.request(url, {
          method: 'POST',
          headers: {
            'content-type': 'application/x-www-form-urlencoded',
            origin: myanm.issuer.origin,
          },
          body: `jeton=${encodeURIComponent(jeton)}&${body}`,
        })
        const isRefused = answer.status >= 400 && answer.status < 500
        expect([url.pathname, body.slice(0, 40), isRefused]).toEqual([
          url.pathname,
          body.slice(0, 40),
          true,
        ])
      }
    }
    expect(await stateOf('multi')).toBe('active')
  })
})

describe('a suspension', () => {
  test('ends everything in the same moment: no request that begins after it is answered (ASVS 7.4.2)', async () => {
    const victim = await signsIn(myanm.issuer, 'gestionnaire')
    const visitor = await staff()
    await visitor.go(accountAt('gestionnaire', '/suspendre'))
    let isOver = false
    let afterwards = 0
    const traffic = Array.from({ length: 4 }, async () => {
      for (let n = 0; !isOver || n < 3; n += isOver ? 1 : 0) {
        const beganAfter = isOver
        const answer = await victim.request(at('/compte'))
        await answer.arrayBuffer()
        if (beganAfter && answer.status === 200) afterwards += 1
      }
    })
    const page = await visitor.submit({
      form: 'main form[method=post]',
      fields: { raison: REASON },
    })
    isOver = true
    await Promise.all(traffic)
    expect(page.text).toContain('suspendu')
    expect(afterwards).toBe(0)
    expect(await stateOf('gestionnaire')).toBe('suspended')
    const left = await query(
      database,
      "select from oidc_artefact where account_id = $1 and kind in ('Session', 'Grant')",
      [idOf('gestionnaire')],
    )
    expect(left).toEqual([])
    // The way in says so, to whoever knows the password (E04).
    const again = await signsIn(myanm.issuer, 'gestionnaire')
    expect(again.page?.text).toContain('suspendu')
    expect(again.page?.url.pathname).not.toBe('/compte')
  })

  test('leaves a GESTIONNAIRE their role, and the team a task; lifting it gives all back', async () => {
    const visitor = await staff()
    await suspends(visitor, 'gestionnaire')
    const [role] = await query(
      database,
      "select role from membership where account_id = $1 and state = 'active'",
      [idOf('gestionnaire')],
    )
    expect(role).toEqual({ role: 'GESTIONNAIRE' })
    expect((await visitor.go(at('/equipe-anm'))).text).toContain(
      'Les Tilleuls ASBL : son gestionnaire est suspendu',
    )
    await fills(visitor, accountAt('gestionnaire', '/retablir'), { raison: REASON })
    expect(await stateOf('gestionnaire')).toBe('active')
    expect((await visitor.go(at('/equipe-anm'))).text).not.toContain('est suspendu')
    expect((await signsIn(myanm.issuer, 'gestionnaire')).page?.url.pathname).toBe('/compte')
    expect(await eventsOf('gestionnaire')).toEqual(
      expect.arrayContaining(['account-suspended', 'account-reinstated']),
    )
  })

  test('says why, or is not made; what was typed is kept', async () => {
    const visitor = await staff()
    const page = await fills(visitor, accountAt('multi', '/suspendre'), { raison: 'bof' })
    expect(page.status).toBe(422)
    expect(page.$('#raison').text()).toBe('bof')
    expect(await stateOf('multi')).toBe('active')
  })

  test('is not for oneself, by no way', async () => {
    const visitor = await staff()
    expect((await visitor.go(accountAt('staff'))).$('a[href$="/suspendre"]')).toHaveLength(0)
    expect((await visitor.go(accountAt('staff', '/suspendre'))).status).toBe(409)
    const form = await visitor.go(accountAt('multi', '/suspendre'))
    const jeton = form.$('input[name=jeton]').attr('value') ?? ''
    const answer = await visitor.request(accountAt('staff', '/suspendre'), {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        origin: myanm.issuer.origin,
      },
      body: new URLSearchParams({ jeton, raison: REASON }),
    })
    expect(answer.status).toBe(403)
    expect(await stateOf('staff')).toBe('active')
  })

  test('of one of the team ends their power, also over what is in front of them', async () => {
    const first = await staff()
    const second = await another()
    await second.go(accountAt('multi', '/suspendre'))
    await suspends(first, 'collegue')
    const late = await second.submit({ form: 'main form[method=post]', fields: { raison: REASON } })
    expect(late.status).toBe(404)
    expect(await stateOf('multi')).toBe('active')
  })

  test('of each other at once: one of the two is left, and nobody waits for ever', async () => {
    const [first, second] = [await staff(), await another()]
    await first.go(accountAt('collegue', '/suspendre'))
    await second.go(accountAt('staff', '/suspendre'))
    const post = { form: 'main form[method=post]', fields: { raison: REASON } }
    const pages = await Promise.all([first.submit(post), second.submit(post)])
    expect(pages.every(({ status }) => status < 500)).toBe(true)
    const states = [await stateOf('staff'), await stateOf('collegue')]
    expect(states.sort()).toEqual(['active', 'suspended'])
  })
})

describe('a forgotten login (M58)', () => {
  test('goes to the address of the account, never to the one that was typed', async () => {
    await query(
      database,
      `insert into contact_message (reference, kind, name, reply_to, body)
        values ('AB12-CD34', 'forgotten-login', 'Mal Veillant', 'mal@exemple.com', 'Mon login ?')`,
    )
    const visitor = await staff()
    const message = await visitor.go(at('/equipe-anm/messages/AB12-CD34'))
    expect(message.text).toContain('peut être celle de n’importe qui')
    await visitor.submit({ form: 'form[role=search]', fields: { q: 'particulier' } })
    await visitor.follow('Particulier Dupont')
    await visitor.follow('Envoyer son login')
    await visitor.submit({ form: 'main form[method=post]', fields: { raison: REASON } })
    await until(async () => lettersTo('particulier@exemple.be').length === 1)
    expect(lettersTo('particulier@exemple.be')[0]?.text).toContain('particulier')
    expect(lettersTo('mal@exemple.com')).toEqual([])
    const kept = await query(database, "select details from letter where code = 'login-reminder'")
    expect(JSON.stringify(kept)).not.toContain('particulier')

    await visitor.go(at('/equipe-anm/messages/AB12-CD34'))
    await visitor.submit({ form: 'form[action$="/fermer"]' })
    expect((await visitor.go(at('/equipe-anm/messages'))).text).toContain('Aucun message')
    expect((await visitor.go(at('/equipe-anm/messages?etat=fermes'))).text).toContain('AB12-CD34')
  })
})

describe('the address of an old account (M64)', () => {
  const NEW = 'nouvelle@exemple.com'

  /** Proposes it, and says where it is decided. */
  async function proposed(visitor: Visitor, email = NEW): Promise<URL> {
    const page = await fills(visitor, accountAt('ancien', '/adresse'), {
      adresse: email,
      raison: REASON,
    })
    expect(page.url.pathname).toMatch(/^\/equipe-anm\/corrections\//)
    return page.url
  }

  const decides = async (visitor: Visitor, url: URL, decision: string): Promise<Page> => {
    await visitor.go(url)
    return visitor.submit({ form: 'main form[method=post]', fields: { decision } })
  }

  const addressOf = async (): Promise<string | null | undefined> => {
    const [row] = await query<{ email: string | null }>(
      database,
      'select email from account where id = $1',
      [idOf('ancien')],
    )
    return row?.email
  }

  test('is proposed by one and decided by another; both addresses are written to, the link is new', async () => {
    const [first, second] = [await staff(), await another()]
    const url = await proposed(first)
    expect(await addressOf()).toBe('ancien@exemple.be')
    const page = await decides(second, url, 'accepter')
    expect(page.text).toContain('La correction est faite')
    expect(await addressOf()).toBe(NEW)
    await until(async () => lettersTo(NEW).length === 1)
    await until(async () => lettersTo('ancien@exemple.be').length === 1)
    expect(lettersTo(NEW)[0]?.subject).toBe(
      'Première connexion à MyANM : choisissez votre mot de passe',
    )
    expect(lettersTo('ancien@exemple.be')[0]?.subject).toContain('corrigée')
    expect(lettersTo('ancien@exemple.be')[0]?.text).not.toContain(NEW)
    expect(await stateOf('ancien')).toBe('legacy')
    expect(await eventsOf('ancien')).toEqual(
      expect.arrayContaining(['staff-correction-proposed', 'staff-correction-decided']),
    )
  })

  test('ends the links that went to the former address', async () => {
    await query(
      database,
      `insert into proof (account_id, purpose, expires_at)
        values ($1, 'first-sign-in', now() + interval '1 day')`,
      [idOf('ancien')],
    )
    const [first, second] = [await staff(), await another()]
    await decides(second, await proposed(first), 'accepter')
    const live = await query(
      database,
      `select ended_at is null as lives from proof
        where account_id = $1 and purpose = 'first-sign-in' order by created_at`,
      [idOf('ancien')],
    )
    expect(live).toEqual([{ lives: false }, { lives: true }])
  })

  test('is not decided by who proposed it, whatever they send', async () => {
    const first = await staff()
    const url = await proposed(first)
    const page = await first.go(url)
    expect(page.$('button[value=accepter]')).toHaveLength(0)
    const answer = await first.submit({
      form: 'main form[method=post]',
      fields: { decision: 'accepter' },
    })
    expect(answer.status).toBe(403)
    expect(await addressOf()).toBe('ancien@exemple.be')
    // The database says so too.
    const [row] = await query<{ id: string }>(database, 'select id from staff_correction')
    const cheat = query(
      database,
      `update staff_correction set state = 'accepted', decided_at = now(), decided_by = proposed_by
        where id = $1`,
      [row?.id],
    )
    await expect(cheat).rejects.toMatchObject({ constraint: 'staff_correction_four_eyes' })
    expect((await first.go(url)).text).toContain('une autre personne de l’équipe décide')
    await first.submit({ form: 'main form[method=post]', fields: { decision: 'retirer' } })
    expect((await first.go(at('/equipe-anm/corrections'))).text).toContain('Aucune correction')
  })

  test('is decided once, when two decide at the same time', async () => {
    const [first, second, third] = [await staff(), await another(), await another('lecteur')]
    const url = await proposed(first)
    await Promise.all([second.go(url), third.go(url)])
    const answers = await Promise.all([
      second.submit({ form: 'main form[method=post]', fields: { decision: 'accepter' } }),
      third.submit({ form: 'main form[method=post]', fields: { decision: 'refuser' } }),
    ])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
    const decided = (await eventsOf('ancien')).filter(
      (event) => event === 'staff-correction-decided',
    )
    expect(decided).toHaveLength(1)
  })

  test('is not decided by who was suspended, or left the team, a moment ago', async () => {
    const [first, second, third] = [await staff(), await another(), await another('lecteur')]
    const url = await proposed(first)
    await Promise.all([second.go(url), third.go(url)])
    await suspends(first, 'collegue')
    await first.go(at('/equipe-anm/equipe'))
    await first.submit({ form: `form[action*="${idOf('lecteur')}"]` })
    for (const visitor of [second, third]) {
      const late = await visitor.submit({
        form: 'main form[method=post]',
        fields: { decision: 'accepter' },
      })
      expect(late.status).toBe(404)
    }
    expect(await addressOf()).toBe('ancien@exemple.be')
  })

  test('is nobody else’s: not when it is proposed, not when it is decided', async () => {
    const [first, second] = [await staff(), await another()]
    const refused = await fills(first, accountAt('ancien', '/adresse'), {
      adresse: 'MULTI@exemple.be',
      raison: REASON,
    })
    expect(refused.status).toBe(422)
    expect(refused.text).toContain('déjà celle d’un autre compte')
    const url = await proposed(first)
    await query(database, 'update account set email = $2 where id = $1', [idOf('multi'), NEW])
    expect((await decides(second, url, 'accepter')).status).toBe(409)
    expect(await addressOf()).toBe('ancien@exemple.be')
  })

  test('is corrected for old accounts only', async () => {
    const visitor = await staff()
    for (const key of ['multi', 'suspendu', 'non_confirme']) {
      expect((await visitor.go(accountAt(key, '/adresse'))).status).toBe(409)
    }
  })

  test('is not corrected when its person has come over since it was proposed', async () => {
    const [first, second] = [await staff(), await another()]
    const url = await proposed(first)
    await query(
      database,
      `update account set state = 'active', password_hash = 'x', email_confirmed_at = now()
        where id = $1`,
      [idOf('ancien')],
    )
    expect((await decides(second, url, 'accepter')).status).toBe(409)
    expect(await addressOf()).toBe('ancien@exemple.be')
  })
})

test('a lost second factor is taken away by two, and its person is told', async () => {
  const owner = await signsIn(myanm.issuer, 'multi')
  await addsApplication(owner, myanm.issuer)
  const [first, second] = [await staff(), await another()]
  const page = await fills(first, accountAt('multi', '/deuxieme-preuve'), { raison: REASON })
  await second.go(page.url)
  await second.submit({ form: 'main form[method=post]', fields: { decision: 'accepter' } })
  expect(
    await query(database, 'select from one_time_password where account_id = $1', [idOf('multi')]),
  ).toEqual([])
  expect((await owner.go(at('/compte'))).url.pathname).toMatch(/^\/connexion\//)
  await until(async () =>
    lettersTo('multi@exemple.be').some(({ text }) => text.includes('ne sont plus demandés')),
  )
})

describe('the way into the team', () => {
  function command(email: string) {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(import.meta.dirname, '../src/commands/invite-staff.ts'), email],
      {
        encoding: 'utf8',
        env: {
          PATH: process.env['PATH'] ?? '',
          PORT: '3000',
          PUBLIC_URL: myanm.issuer.href,
          DATABASE_URL: database.urlFor('idp').href,
          COOKIE_KEY: myanm.idp.services.config.COOKIE_KEY.reveal(),
          KEY_ENCRYPTION_KEY: myanm.idp.services.config.KEY_ENCRYPTION_KEY.reveal(),
          PAIRWISE_SALT: myanm.idp.services.config.PAIRWISE_SALT.reveal(),
          SMTP_URL: 'smtp://127.0.0.1:1',
          MAIL_FROM: 'MyANM <ne-pas-repondre@exemple.be>',
        },
      },
    )
    return { status, stderr, link: /http:\S+/.exec(stdout)?.[0] }
  }

  test('is a link a command prints: for one person, with a second factor, once', async () => {
    const { status, link = '' } = command('Multi@exemple.be')
    expect(status).toBe(0)
    const url = new URL(link)
    // Somebody else finds nothing there.
    expect((await (await signsIn(myanm.issuer, 'lecteur')).go(url)).status).toBe(404)

    const visitor = await signsIn(myanm.issuer, 'multi')
    const before = await visitor.go(url)
    expect(before.text).toContain('Ajouter une deuxième preuve')
    await addsApplication(visitor, myanm.issuer)
    await visitor.go(url)
    const inside = await visitor.submit({ form: 'main form[method=post]' })
    expect(inside.url.pathname).toBe('/equipe-anm')
    expect(inside.text).toContain('Bienvenue dans l’équipe')
    expect(await eventsOf('multi')).toContain('staff-appointed')

    await query(database, 'delete from staff_member where account_id = $1', [idOf('multi')])
    const again = await visitor.go(url)
    expect(again.status).toBe(410)
    expect(again.text).toContain('Demandez-en un nouveau')
    expect((await visitor.go(at('/equipe-anm'))).status).toBe(404)
  })

  test('is not there for who has no account, or none that is open', () => {
    for (const email of ['personne@exemple.com', 'suspendu@exemple.be', 'ancien@exemple.be', '']) {
      expect(command(email)).toMatchObject({ status: 1, link: undefined })
    }
  })

  test('is given by somebody of the team too, and is worth nothing once they left', async () => {
    const second = await another()
    const page = await fills(second, at('/equipe-anm/equipe/inviter'), {
      adresse: 'multi@exemple.be',
    })
    const link = /http:\S+?\/invitation-equipe\/[\w.-]+/.exec(page.text)?.[0] ?? ''
    const visitor = await signsIn(myanm.issuer, 'multi')
    await addsApplication(visitor, myanm.issuer)
    await visitor.go(new URL(link))
    await query(database, 'update staff_member set until = now() where account_id = $1', [
      idOf('collegue'),
    ])
    const late = await visitor.submit({ form: 'main form[method=post]' })
    expect(late.status).toBe(410)
    expect((await visitor.go(at('/equipe-anm'))).status).toBe(404)
  })
})

test('letters that did not arrive are seen, and sent again', async () => {
  await query(
    database,
    `insert into letter (code, account_id, state, last_reason, settled_at)
      values ('password-changed', $1, 'given-up', 'away 421', now())`,
    [idOf('multi')],
  )
  const visitor = await staff()
  expect((await visitor.go(at('/equipe-anm/courriels'))).text).toContain('Mot de passe modifié')
  await visitor.submit({ form: 'form[action$="/renvoyer"]' })
  await until(async () => lettersTo('multi@exemple.be').length === 1)
  expect((await visitor.go(at('/equipe-anm/courriels'))).text).toContain('Tous les e-mails')
  const sender = await visitor.follow('Vérifier le domaine')
  expect(sender.text).toContain('Voici ce que dit exemple.be')
})

test('a site that does not hear of changes is seen, and what it never heard is told again', async () => {
  await query(
    database,
    "update client set events_uri = home_uri || '/evenements' where home_uri is not null",
  )
  await query(
    database,
    `insert into signal_stream (client_id, failing_since, tries, next_try_at)
      values ('monasbl', now() - interval '1 hour', 9, now() + interval '1 hour')`,
  )
  const [dead] = await query<{ id: string }>(
    database,
    `with change as (
        insert into signal (account_id, kind, rights_version, spread_at)
          values ($1, 'rights-changed', 2, now()) returning id, position
      )
      insert into signal_delivery (signal_id, position, client_id, account_id, rights_version, state, last_reason, settled_at)
        select id, position, 'monasbl', $1, 2, 'refused', 'invalid_audience', now() from change
        returning id`,
    [idOf('multi')],
  )
  const visitor = await staff()
  const page = await visitor.go(at('/equipe-anm/sites'))
  expect(page.text).toMatch(/MonASBL Depuis le .* · rien n’attend/)
  expect(page.text).toContain('(invalid_audience)')
  const after = await visitor.submit({
    form: `form[action="/equipe-anm/sites/${dead?.id}/redire"]`,
  })
  expect(after.text).toContain('Le changement est annoncé à nouveau')
  expect(after.text).toContain('Aucun : rien n’a été abandonné.')
  expect(
    await query(database, 'select state from signal_delivery where id = $1', [dead?.id ?? '']),
  ).toEqual([{ state: 'pending' }])

  // Many of them: counted, page by page, and all told again at once, behind nothing and with what holds now.
  await query(
    database,
    `with change as (
        insert into signal (account_id, kind, rights_version, spread_at)
          select $1, 'rights-changed', 2, now() from generate_series(1, 60) returning id, position
      )
      insert into signal_delivery (signal_id, position, client_id, account_id, rights_version, state, last_reason, settled_at)
        select id, position, 'monasbl', $1, 2, 'given-up', 'ECONNREFUSED', now() from change`,
    [idOf('multi')],
  )
  const many = await visitor.go(at('/equipe-anm/sites'))
  expect(many.text).toContain('60 changements en tout')
  const shown = (page: Page) =>
    page
      .$('form[action$="/redire"]')
      .toArray()
      .map((form) => page.$(form).attr('action'))
  expect(shown(many)).toHaveLength(50)
  const rest = await visitor.follow('Suivants')
  expect(new Set([...shown(many), ...shown(rest)]).size).toBe(60)
  expect(rest.text).not.toContain('Suivants')
  // A key that is of nothing begins at the top.
  expect(shown(await visitor.go(at(`/equipe-anm/sites?apres=${idOf('multi')}`)))).toHaveLength(50)
  expect(shown(await visitor.go(at('/equipe-anm/sites?apres=x')))).toHaveLength(50)
  const all = await visitor.submit({ form: 'form[action$="/monasbl/tout-redire"]' })
  expect(all.text).toContain('Les changements sont annoncés à nouveau à ce site')
  expect(all.text).toContain('Aucun : rien n’a été abandonné.')
  const waiting = await query(
    database,
    `select from signal_delivery d join account a on a.id = d.account_id
      where d.client_id = 'monasbl' and d.state = 'pending' and d.rights_version = a.rights_version`,
  )
  expect(waiting).toHaveLength(61)

  // A site that takes nothing is seen long before it is given up.
  await query(database, 'delete from signal_stream')
  await query(
    database,
    `update signal_delivery set tries = 4, last_reason = 'answered 404',
      next_try_at = now() + interval '1 hour' where state = 'pending'`,
  )
  const overdue = await visitor.go(at('/equipe-anm/sites'))
  expect(overdue.text).toMatch(
    /MonASBL Depuis le .* · 61 changements attendent · dernière réponse : answered 404/,
  )
  expect(overdue.text).not.toContain('chaque site a entendu chaque changement')

  // And who suspends an account sees how far that has come: where it waits, and since when.
  const suspended = await suspends(visitor, 'multi')
  expect(suspended.text).toMatch(
    /Dernier changement .* : appliqué sur \d+ sites? sur \d+ MonASBL : en retard depuis \d+ s\./,
  )
  expect(suspended.headers.get('refresh')).toBeNull()
  await query(database, 'delete from signal')
})

test('the figures of old accounts are those of the tables', async () => {
  await importFile(database, [
    line({ id: '1', login: 'a', email: 'a@exemple.com' }),
    line({ id: '2', login: 'b', email: 'pas une adresse' }),
    line({ id: '3', login: 'c', email: 'multi@exemple.be' }),
  ])
  await arrangeState(database, idOf('ancien'), 'legacy')
  const page = await (await staff()).go(at('/equipe-anm'))
  const figures = page
    .$('.govuk-summary-list__value')
    .toArray()
    .map((element) => Number(page.$(element).text()))
  // The one of the scene, two that came in, one that is a person’s already.
  expect(figures).toEqual([4, 1, 3, 1])
})

test('an old login typed after the import leads to a password of one’s own', async () => {
  await importFile(database, [line({ id: '1', login: 'anne.d', email: 'anne@exemple.com' })])
  const visitor = newVisitor()
  await visitor.go(at('/compte'))
  await visitor.submit({ fields: { identifiant: 'ANNE.D' } })
  await until(async () => lettersTo('anne@exemple.com').length === 1)
  expect(lettersTo('anne@exemple.com')[0]?.subject).toBe(
    'Première connexion à MyANM : choisissez votre mot de passe',
  )
  const other = newVisitor()
  await other.go(at('/compte'))
  await typeCredentials(other, 'particulier')
  expect(other.page?.url.pathname).toBe('/compte')
})
