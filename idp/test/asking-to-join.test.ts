import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import {
  arrange,
  query,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  type Visitor,
  withDatabase,
} from '@myanm/testing'
import { askToJoin, listEscalated, watchRequests, withdrawRequest } from '#join-requests'
import { admit, endMembership, lockOrganisation } from '#organisations'
import { approveRequest, refuseRequest } from '../src/join-requests/decide.ts'
import { stepDue } from '../src/join-requests/rules.ts'
import { listToTell } from '../src/join-requests/watch-store.ts'
import { linksIn } from './stage/letters.ts'
import { median } from './stage/statistics.ts'
import { signsIn } from './stage/team.ts'
import { until } from './stage/until.ts'

// Specification M47, 4.2.4, 6.2, E08, E09, E21, ML11 to ML13, P25, P26; ahead 3.

let database: TestDatabase
let myanm: TestIdp

const TILLEULS = '0566988259'
/** In the register, and not on MyANM. */
const ABSENT = '0400001076'

beforeAll(async () => {
  database = await withDatabase()
  myanm = await startTestIdp({ database })
  await query(
    database,
    `insert into register_enterprise (number, type, names) values
      ($1, 'legal', '{"fr": "La Maison absente ASBL"}'), ($2, 'legal', '{"fr": "Les Tilleuls ASBL"}')
      on conflict (number) do update set names = excluded.names`,
    [ABSENT, TILLEULS],
  )
})

afterAll(async () => {
  await myanm.stop()
  await database.drop()
})

beforeEach(async () => {
  await arrange(database, 'delete from join_request')
  await arrange(database, 'delete from invitation')
  await arrange(database, 'delete from letter')
  await arrange(database, 'delete from membership where account_id = any($1)', [
    ['particulier', 'independant', 'candidat'].map(accountOf),
  ])
  myanm.letters.length = 0
})

const at = (path: string) => new URL(path, myanm.issuer)
const accountOf = (login: string) => myanm.accounts.get(login) ?? ''
const tilleuls = () => myanm.organisations.get('tilleuls') ?? ''
const here = () => ({ id: tilleuls(), bce: TILLEULS, name: 'Les Tilleuls ASBL' })

const askAs = async (login: string, bce = TILLEULS, words: Record<string, string> = {}) => {
  const visitor = await signsIn(myanm.issuer, login)
  const how = /^\d+$/.test(bce) ? 'numero' : 'nom'
  await visitor.go(at(`/organismes/rejoindre?${how}=${bce}`))
  const page = await visitor.submit({
    form: 'form[action="/organismes/rejoindre"]',
    fields: { fonction: 'Éducatrice', message: 'Bonjour, c’est moi.', ...words },
  })
  return { visitor, page }
}

const requests = () =>
  query<{ id: string; state: string; organisation_id: string | null; granted_role: string }>(
    database,
    'select id, state, organisation_id, granted_role from join_request order by id',
  )
const roleOf = async (login: string) => {
  const rows = await query<{ role: string }>(
    database,
    `select role from membership
      where account_id = $1 and organisation_id = $2 and state = 'active'`,
    [accountOf(login), tilleuls()],
  )
  return rows.map(({ role }) => role)
}
const lettersTo = (login: string) => myanm.letters.filter(({ to }) => to === `${login}@exemple.be`)
const decideOn = (visitor: Visitor, decision: string, fields: Record<string, string> = {}) =>
  visitor.submit({
    form: 'form[action*="/equipe/demandes/"]',
    fields,
    button: { name: 'decision', value: decision },
  })

describe('asking to join', () => {
  test('takes three screens at most, and tells the GESTIONNAIRE and nobody else', async () => {
    const visitor = await signsIn(myanm.issuer, 'particulier')
    await visitor.go(at('/organismes/rejoindre'))
    // Any spelling of the number (M38).
    await visitor.submit({
      form: 'form[action="/organismes/rejoindre"]',
      fields: { numero: 'BE 0566.988.259' },
    })
    expect(visitor.page?.text).toContain('Demander à rejoindre Les Tilleuls ASBL')
    const page = await visitor.submit({ form: 'form[method=post][action="/organismes/rejoindre"]' })
    expect(page.url.pathname).toMatch(/^\/compte\/demandes\//)
    expect(page.text).toContain('En attente')

    await until(() => lettersTo('gestionnaire').length === 1)
    expect(myanm.letters).toHaveLength(1)
    const [letter] = lettersTo('gestionnaire')
    expect(letter?.subject).toBe('Demande de rattachement à Les Tilleuls ASBL')
    expect(letter?.text).toContain('Particulier Dupont demande à rejoindre Les Tilleuls ASBL')
    expect(letter && linksIn(letter).map(({ pathname }) => pathname)).toContain(
      `/organismes/${tilleuls()}/equipe/demandes`,
    )
  })

  test('is decided in two clicks from the mail: the button, the role', async () => {
    await askAs('particulier')
    await until(() => lettersTo('gestionnaire').length === 1)
    const [letter] = lettersTo('gestionnaire')
    const manager = await signsIn(myanm.issuer, 'gestionnaire')
    const page = await manager.go(linksIn(letter as never)[0] as URL)
    for (const told of [
      'Particulier Dupont',
      'particulier@exemple.be',
      'Éducatrice',
      'c’est moi',
    ]) {
      expect(page.text).toContain(told)
    }
    const after = await decideOn(manager, 'COLLABORATEUR')
    expect(after.text).toContain('fait maintenant partie de l’équipe')
    expect(await roleOf('particulier')).toEqual(['COLLABORATEUR'])
    await until(() => lettersTo('particulier').length === 1)
    expect(lettersTo('particulier')[0]?.text).toContain('avec le rôle Collaborateur')

    const [request] = await requests()
    const visitor = await signsIn(myanm.issuer, 'particulier')
    const status = await visitor.go(at(`/compte/demandes/${request?.id}`))
    expect(status.text).toContain('Vous faites partie de Les Tilleuls ASBL')
    expect(status.text).toContain('Ouvrir Les Tilleuls ASBL')
  })

  test('may be refused with a reason; a new request waits thirty days', async () => {
    const { visitor } = await askAs('particulier')
    const manager = await signsIn(myanm.issuer, 'gestionnaire')
    await manager.go(at(`/organismes/${tilleuls()}/equipe/demandes`))
    await decideOn(manager, 'refuser', { raison: 'Nous ne nous connaissons pas' })
    expect(await roleOf('particulier')).toEqual([])
    await until(() => lettersTo('particulier').length === 1)
    expect(lettersTo('particulier')[0]?.text).toContain('« Nous ne nous connaissons pas »')

    const [request] = await requests()
    const page = await visitor.go(at(`/compte/demandes/${request?.id}`))
    expect(page.text).toContain('Nous ne nous connaissons pas')
    expect(page.text).toContain('à partir du')
    expect((await askAs('particulier')).page.text).toContain('Votre dernière demande a été refusée')
    await query(database, "update join_request set settled_at = settled_at - interval '31 days'")
    expect((await askAs('particulier')).page.url.pathname).toMatch(/^\/compte\/demandes\//)
  })

  test('of a reason no link is made in the letter', async () => {
    await askAs('particulier')
    const [request] = await requests()
    await refuseRequest(myanm.idp.services, {
      organisation: tilleuls(),
      request: request?.id ?? '',
      by: accountOf('gestionnaire'),
      reason: 'Voyez https://evil.example/',
    })
    await until(() => lettersTo('particulier').length === 1)
    expect(lettersTo('particulier')[0]?.text).not.toContain('evil.example')
  })

  test('twice is told so (E21), also when both are sent at once', async () => {
    await askAs('particulier')
    const { page } = await askAs('particulier')
    expect(page.status).toBe(409)
    expect(page.text).toContain('Votre demande est déjà en attente de réponse.')
    expect(page.text).toContain('Suivre ma demande')

    const asked = await Promise.all(
      Array.from({ length: 8 }, () =>
        askToJoin(myanm.idp.services, {
          account: accountOf('candidat'),
          addressee: here(),
          function: null,
          message: null,
          role: null,
          client: null,
          page: null,
        }),
      ),
    )
    expect(asked.filter(({ is }) => is === 'asked')).toHaveLength(1)
    expect(asked.filter(({ is }) => is === 'pending')).toHaveLength(7)
  })

  test.each([
    ['0566988258', "Ce numéro d'entreprise n'est pas valide."],
    ['12 34', "Ce numéro d'entreprise n'est pas valide."],
    ['0412987693', 'Demander à rejoindre'],
    ['0400002066', 'Aucun organisme actif ne porte ce numéro'],
  ])('%s is answered « %s »', async (number, words) => {
    const visitor = await signsIn(myanm.issuer, 'particulier')
    const page = await visitor.go(at(`/organismes/rejoindre?numero=${number}`))
    expect(page.text).toContain(words)
  })

  test('cannot ring every door', async () => {
    await query(
      database,
      `insert into join_request (bce, asked_name, account_id)
        select '0' || n || lpad((97 - n % 97)::text, 2, '0'), 'X', $1
          from generate_series(4000101, 4000110) n`,
      [accountOf('particulier')],
    )
    expect((await askAs('particulier')).page.text).toContain('beaucoup de demandes')
  })

  test('of one’s own team is needless', async () => {
    expect((await askAs('lecteur')).page.text).toContain('Vous faites déjà partie de cette équipe.')
  })
})

describe('an organisation is found by its name (ahead 3)', () => {
  const PLACES = [
    { number: '0400003056', name: 'Le Jardin des Farfadets', town: ['4000', 'Liège'] },
    { number: '0400004046', name: 'Les Farfadets', town: ['5000', 'Namur'] },
    {
      number: '0400005036',
      name: 'Farfadets et Compagnie',
      town: ['1000', 'Bruxelles'],
      ceased: true,
    },
  ] as const

  beforeAll(async () => {
    for (const { number, name, town, ...rest } of PLACES) {
      await query(
        database,
        `insert into register_enterprise (number, type, names, seat, ceased_on)
          values ($1, 'legal', jsonb_build_object('fr', $2::text), $3, $4)
          on conflict (number) do nothing`,
        [
          number,
          name,
          JSON.stringify({
            ...{ postcode: town[0], house: '1', box: null },
            fr: { street: 'Rue Haute', locality: town[1], country: null },
            nl: { street: null, locality: null, country: null },
          }),
          'ceased' in rest ? '2026-01-31' : null,
        ],
      )
    }
  })

  const looksFor = async (visitor: Visitor, name: string) => {
    await visitor.go(at('/organismes/rejoindre'))
    return visitor.submit({
      form: 'form[action="/organismes/rejoindre"]',
      fields: { numero: name },
    })
  }
  const offered = (page: NonNullable<Visitor['page']>) =>
    page
      .$('a.choice')
      .toArray()
      .map((link) => new URL(page.$(link).attr('href') ?? '', page.url).searchParams.get('numero'))

  test('in three screens: the name, the list, the request', async () => {
    const visitor = await signsIn(myanm.issuer, 'particulier')
    const page = await looksFor(visitor, 'tilleuls')
    expect(page.status).toBe(200)
    expect(offered(page)).toContain(TILLEULS)
    await visitor.follow(/Les Tilleuls ASBL/)
    expect(visitor.page?.text).toContain('Demander à rejoindre Les Tilleuls ASBL')
    const sent = await visitor.submit({ form: 'form[method=post][action="/organismes/rejoindre"]' })
    expect(sent.url.pathname).toMatch(/^\/compte\/demandes\//)
    expect(await requests()).toMatchObject([{ organisation_id: tilleuls(), state: 'pending' }])
  })

  test('with what tells one from another; what has ceased cannot be chosen', async () => {
    const visitor = await signsIn(myanm.issuer, 'particulier')
    const page = await looksFor(visitor, 'farfadets')
    expect(offered(page).sort()).toEqual(['0400003056', '0400004046'])
    expect(page.text).toMatch(/Les Farfadets\s+5000 Namur · 0400\.004\.046/)
    expect(page.text).toContain('Farfadets et Compagnie')
    expect(page.text).toContain('A cessé ses activités')
  })

  test('the list is the register’s: whether one of them is here changes nothing of it', async () => {
    const visitor = await signsIn(myanm.issuer, 'particulier')
    const before = (await looksFor(visitor, 'farfadets')).$('main').html()
    const [made] = await query<{ id: string }>(
      database,
      `insert into organisation (kind, bce, name, nonprofit, state)
        values ('organisme', '0400004046', 'Les Farfadets', true, 'vacant') returning id`,
    )
    expect((await looksFor(visitor, 'farfadets')).$('main').html()).toBe(before)
    await arrange(database, 'delete from organisation where id = $1', [made?.id])
    // Ours alone, without a number: no search finds it.
    expect(offered(await looksFor(visitor, 'Académie de Montpellier'))).toEqual([])
  })

  test('of a name the register does not know, the way on is its exact name', async () => {
    const visitor = await signsIn(myanm.issuer, 'particulier')
    const page = await looksFor(visitor, 'Académie de Montpellier')
    expect(page.text).toContain('Aucun organisme du registre public')
    await visitor.follow('Demander à « Académie de Montpellier »')
    await visitor.submit({ form: 'form[method=post][action="/organismes/rejoindre"]' })
    expect((await requests()).map(({ organisation_id: id }) => id)).toEqual([
      myanm.organisations.get('montpellier'),
    ])
  })

  test('keeps the site and the page one came from, to the end', async () => {
    const visitor = await signsIn(myanm.issuer, 'particulier')
    await visitor.go(
      at('/organismes/rejoindre?numero=farfadets&site=guide-social&page=%2Fpublier%2Femploi'),
    )
    await visitor.follow(/Les Farfadets/)
    await visitor.submit({ form: 'form[method=post][action="/organismes/rejoindre"]' })
    expect(await query(database, 'select client_id, return_path from join_request')).toEqual([
      { client_id: 'guide-social', return_path: '/publier/emploi' },
    ])
    await arrange(database, 'delete from join_request')
    // What is no site of ours and no path of it is left out (F31).
    for (const [site, page, kept] of [
      ['nobody', '/x', { client_id: null, return_path: null }],
      ['guide-social', '//evil.example', { client_id: 'guide-social', return_path: null }],
    ] as const) {
      const query_ = new URLSearchParams({ numero: TILLEULS, site, page })
      await visitor.go(at(`/organismes/rejoindre?${query_}`))
      await visitor.submit({ form: 'form[method=post][action="/organismes/rejoindre"]' })
      expect(await query(database, 'select client_id, return_path from join_request')).toEqual([
        kept,
      ])
      await arrange(database, 'delete from join_request')
    }
  })
})

describe('nobody learns who is on MyANM', () => {
  /** What differs from one organisation, request and form to the next, and tells nothing. */
  const bare = (html: string, name: string, number: string) =>
    html
      .replaceAll(name, 'NOM')
      .replaceAll(number, 'NUMÉRO')
      .replaceAll(number.replace(/(\d{4})(\d{3})(\d{3})/, '$1.$2.$3'), 'NUMÉRO')
      .replaceAll(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, 'ID')
      .replaceAll(/name="jeton" value="[^"]*"/g, '')
      .replaceAll(/Référence[^<]*/g, '')

  test('an organisation without an account is asked with the same words and the same end', async () => {
    const known = await askAs('particulier', TILLEULS)
    const absent = await askAs('independant', ABSENT)
    const person = (html: string) => html.replaceAll(/Particulier|Independant/g, 'Personne')
    expect(person(bare(absent.page.html, 'La Maison absente ASBL', ABSENT))).toBe(
      person(bare(known.page.html, 'Les Tilleuls ASBL', TILLEULS)),
    )
    expect(absent.page.text).toContain('En attente')
  })

  test('nor by a name: any is taken, and reaches the one organisation that has it', async () => {
    for (const name of ['les  tilleuls asbl', 'LES TILLEULS', 'Académie de Montpellier']) {
      await askAs('particulier', encodeURIComponent(name))
    }
    const absent = await askAs('particulier', encodeURIComponent('La Maison de nulle part'))
    expect(absent.page.text).toContain('En attente')
    expect((await requests()).map(({ organisation_id: id }) => id)).toEqual([
      tilleuls(),
      myanm.organisations.get('montpellier'),
      null,
    ])
    // Another spelling of the same name is a double, here as there.
    const again = await askAs('particulier', encodeURIComponent('la maison de nulle part ASBL'))
    expect(again.page.text).toContain('Votre demande est déjà en attente de réponse.')
  })

  test('nor by the statements that are made, and so the time it takes', async () => {
    const account = accountOf('candidat')
    const spent = async (bce: string, id: string | null): Promise<number> => {
      const begun = performance.now()
      const asked = await askToJoin(myanm.idp.services, {
        account,
        addressee: { id, bce, name: 'X' },
        function: null,
        message: null,
        role: null,
        client: null,
        page: null,
      })
      const time = performance.now() - begun
      expect(asked.is).toBe('asked')
      await arrange(database, 'delete from join_request')
      return time
    }
    await spent(TILLEULS, tilleuls())
    const times: Record<'known' | 'absent', number[]> = { known: [], absent: [] }
    // In turns: what slows the machine slows both.
    for (let round = 0; round < 40; round += 1) {
      times.known.push(await spent(TILLEULS, tilleuls()))
      times.absent.push(await spent(ABSENT, null))
    }
    const [known, absent] = [median(times.known), median(times.absent)]
    // The middle of forty: half a millisecond of a few is what a busy machine makes of nothing.
    expect(Math.abs(known - absent)).toBeLessThan(Math.max(known, absent) * 0.5 + 1)
  })

  test('a request that waited is asked of an organisation that registers', async () => {
    await askAs('particulier', ABSENT)
    const [organisation] = await query<{ id: string }>(
      database,
      `with o as (insert into organisation (kind, bce, name, nonprofit)
            values ('organisme', $1, 'La Maison absente ASBL', true)
          returning id),
        m as (insert into membership (organisation_id, account_id, role)
          select id, $2, 'GESTIONNAIRE' from o)
        select id from o`,
      [ABSENT, accountOf('independant')],
    )
    await watchRequests(myanm.idp.services)
    await until(() => lettersTo('independant').length === 1)
    expect(await requests()).toMatchObject([
      { organisation_id: organisation?.id, state: 'pending' },
    ])
    await arrange(database, 'delete from membership where organisation_id = $1', [organisation?.id])
    await arrange(database, 'delete from join_request')
    await arrange(database, 'delete from journal where organisation_id = $1', [organisation?.id])
    await arrange(database, 'delete from organisation where id = $1', [organisation?.id])
  })
})

describe('who decides', () => {
  test.each([
    ['lecteur', 403],
    ['collaborateur', 403],
    ['responsable', 403],
    ['voisin', 404],
    ['particulier', 404],
    ['gestionnaire', 200],
  ])('%s: %i', async (login, status) => {
    await askAs('candidat')
    const visitor = await signsIn(myanm.issuer, login)
    const page = await visitor.go(at(`/organismes/${tilleuls()}/equipe/demandes`))
    expect(page.status).toBe(status)
    expect(page.text.includes('candidat@exemple.be')).toBe(status === 200)
  })

  test('a hand-made answer of somebody else changes nothing', async () => {
    await askAs('candidat')
    const [request] = await requests()
    for (const login of ['responsable', 'voisin', 'candidat']) {
      const visitor = await signsIn(myanm.issuer, login)
      await visitor.go(at('/compte/identite'))
      const jeton = String(visitor.page?.$('input[name=jeton]').attr('value'))
      const page = await visitor.post(
        at(`/organismes/${tilleuls()}/equipe/demandes/${request?.id}`),
        { jeton, decision: 'RESPONSABLE' },
        { origin: myanm.issuer.origin },
      )
      expect([403, 404]).toContain(page.status)
    }
    // Nor the GESTIONNAIRE of another organisation, through their own.
    const passage = myanm.organisations.get('passage') ?? ''
    expect(
      await approveRequest(myanm.idp.services, {
        organisation: passage,
        request: request?.id ?? '',
        by: accountOf('voisin'),
        role: 'LECTEUR',
      }),
    ).toEqual({ is: 'settled' })
    expect(await requests()).toMatchObject([{ state: 'pending' }])
  })

  test('nobody sees or withdraws the request of another', async () => {
    await askAs('candidat')
    const [request] = await requests()
    const visitor = await signsIn(myanm.issuer, 'particulier')
    expect((await visitor.go(at(`/compte/demandes/${request?.id}`))).status).toBe(404)
    expect(
      await withdrawRequest(myanm.idp.services, {
        account: accountOf('particulier'),
        request: request?.id ?? '',
      }),
    ).toBe(false)
  })

  test('nobody is made GESTIONNAIRE', async () => {
    await askAs('candidat')
    const manager = await signsIn(myanm.issuer, 'gestionnaire')
    await manager.go(at(`/organismes/${tilleuls()}/equipe/demandes`))
    expect((await decideOn(manager, 'GESTIONNAIRE')).status).toBe(422)
    expect(await requests()).toMatchObject([{ state: 'pending' }])
  })
})

describe('a request nobody answers', () => {
  const age = (days: number) =>
    query(
      database,
      `update join_request set told_at = now() - $1 * interval '1 day',
        created_at = now() - $1 * interval '1 day', expires_at = now() + (30 - $1) * interval '1 day'`,
      [days],
    )
  const watched = async (days: number) => {
    await age(days)
    await watchRequests(myanm.idp.services)
  }

  test('is reminded of on days 2 and 5, goes to a RESPONSABLE, then to the team within a week', async () => {
    await askAs('candidat')
    await until(() => lettersTo('gestionnaire').length === 1)
    await watched(1)
    await watched(2)
    await watched(2)
    await until(() => lettersTo('gestionnaire').length === 2)
    await watched(5)
    await until(() => lettersTo('gestionnaire').length === 3)
    expect(await listEscalated(myanm.idp.services.db, { after: null, most: 10 })).toEqual([])
    await watched(6)
    await until(() => lettersTo('responsable').length === 1)
    expect(lettersTo('responsable')[0]?.text).toContain('Pouvez-vous lui en parler')
    await watched(7)
    expect(await listEscalated(myanm.idp.services.db, { after: null, most: 10 })).toMatchObject([
      { organisation: tilleuls(), kind: 'join' },
    ])
    expect(lettersTo('gestionnaire')).toHaveLength(3)
    for (const login of ['lecteur', 'collaborateur']) expect(lettersTo(login)).toEqual([])
  })

  test('is due in the database exactly when the rule says so of one', async () => {
    await askAs('candidat')
    await until(() => lettersTo('gestionnaire').length === 1)
    const states = (manager: string, responsable: string) =>
      query(
        database,
        `update account set state = (case when id = $1 then $3 else $4 end)::account_state where id in ($1, $2)`,
        [accountOf('gestionnaire'), accountOf('responsable'), manager, responsable],
      )
    for (const hasManager of [true, false]) {
      for (const hasResponsables of [true, false]) {
        await states(hasManager ? 'active' : 'suspended', hasResponsables ? 'active' : 'suspended')
        for (const days of [0, 1, 2, 4, 5, 6, 7, 12]) {
          for (const done of [0, 1, 2, 3, 4]) {
            const toldAt = new Date(Date.now() - days * 86_400_000 - 60_000)
            await query(database, 'update join_request set told_at = $1, reminders = $2', [
              toldAt,
              done,
            ])
            const now = new Date()
            const due = stepDue({ toldAt, done, now, hasManager, hasResponsables })
            const listed = await listToTell(myanm.idp.services.db, { after: null, most: 9 })
            const given = { hasManager, hasResponsables, days, done }
            expect({ ...given, isDue: listed.length > 0 }).toEqual({
              ...given,
              isDue: due !== null,
            })
          }
        }
      }
    }
    await states('active', 'active')
  })

  test('is never behind those that only wait, and a first telling that was lost is made up for', async () => {
    // More than are read at a time, all older, none of them due.
    const [made] = await query<{ ids: string[] }>(
      database,
      `with made as (
          insert into organisation (kind, bce, name, nonprofit)
            select 'organisme', '0' || n || lpad((97 - n % 97)::text, 2, '0'), 'Vieille ' || n, true
              from generate_series(4001000, 4001600) n returning id),
        led as (insert into membership (organisation_id, account_id, role)
          select id, $1, 'GESTIONNAIRE' from made),
        asked as (insert into join_request (organisation_id, asked_name, account_id, told_at, reminders)
          select id, 'X', $2, now() - interval '3 days', 1 from made)
        select array_agg(id) as ids from made`,
      [accountOf('voisin'), accountOf('candidat')],
    )
    const added = (account: string, toldAt: string) =>
      query(
        database,
        `insert into join_request (organisation_id, bce, asked_name, account_id, told_at)
          values ($1, $2, 'Les Tilleuls ASBL', $3, ${toldAt})`,
        [tilleuls(), TILLEULS, accountOf(account)],
      )
    await added('particulier', "now() - interval '49 hours'")
    await added('independant', 'null')
    await watchRequests(myanm.idp.services)
    await until(() => lettersTo('gestionnaire').length === 2)
    const texts = lettersTo('gestionnaire').map(({ text }) => text)
    expect(texts.filter((text) => text.includes('C’est un rappel'))).toHaveLength(1)
    expect(texts.some((text) => text.includes('Independant Dupont'))).toBe(true)
    // A page at a time, in order, each once.
    await query(database, 'update join_request set told_at = null, reminders = 0')
    const { db } = myanm.idp.services
    const seen: string[] = []
    for (let after: string | null = null; ; ) {
      const page = await listToTell(db, { after, most: 250 })
      seen.push(...page)
      if (page.length < 250) break
      after = page.at(-1) ?? null
    }
    expect(seen).toHaveLength(603)
    expect(new Set(seen).size).toBe(603)
    expect(seen).toEqual(seen.toSorted())
    await arrange(database, 'delete from join_request')
    await arrange(database, 'delete from membership where organisation_id = any($1)', [made?.ids])
    await arrange(database, 'delete from journal where organisation_id = any($1)', [made?.ids])
    await arrange(database, 'delete from organisation where id = any($1)', [made?.ids])
  })

  test('goes to the RESPONSABLES at once when who leads is suspended, and to no closed mailbox', async () => {
    await query(database, "update account set state = 'suspended' where id = $1", [
      accountOf('gestionnaire'),
    ])
    await askAs('candidat')
    await until(() => lettersTo('responsable').length === 1)
    await watched(2)
    const written = await query<{ code: string }>(
      database,
      'select code from letter where account_id = $1',
      [accountOf('gestionnaire')],
    )
    await query(database, "update account set state = 'active' where id = $1", [
      accountOf('gestionnaire'),
    ])
    expect(written).toEqual([])
    // Nobody can answer now: the letter says so, and what they can do themselves.
    const text = lettersTo('responsable')[0]?.text ?? ''
    expect(text).toContain('personne ne peut le faire pour l’instant')
    expect(text).not.toContain('Pouvez-vous lui en parler')
  })

  test('ends after thirty days, and whoever asked is told', async () => {
    const { visitor } = await askAs('candidat')
    await watched(30)
    expect(await requests()).toMatchObject([{ state: 'expired' }])
    await until(() => lettersTo('candidat').length === 1)
    expect(lettersTo('candidat')[0]?.subject).toBe('Votre demande est restée sans réponse')
    const page = await visitor.go(visitor.page?.url ?? '')
    await visitor.follow('Faire une nouvelle demande')
    expect(page.text).toContain('restée sans réponse')
    expect(visitor.page?.text).toContain('Envoyer la demande')
  })
})

describe('two things at once', () => {
  const ROUNDS = 12

  const asked = async (login: string) => {
    const answer = await askToJoin(myanm.idp.services, {
      account: accountOf(login),
      addressee: here(),
      function: null,
      message: null,
      role: null,
      client: null,
      page: null,
    })
    return answer.is === 'asked' ? answer.request : ''
  }

  test('approve × withdraw × another way in × removal: one membership at most, no orphan request', async () => {
    const { services } = myanm.idp
    const account = accountOf('candidat')
    const organisation = tilleuls()
    const by = accountOf('gestionnaire')
    for (let round = 0; round < ROUNDS; round += 1) {
      const request = await asked('candidat')
      const approve = () =>
        approveRequest(services, { organisation, request, by, role: 'COLLABORATEUR' })
      const comeInOtherwise = () =>
        services.db
          .transaction()
          .execute(async (tx) => {
            await lockOrganisation(tx, organisation)
            await admit(tx, { organisation, account, by, role: 'LECTEUR', because: 'invitation' })
          })
          .catch(() => null)
      const remove = () =>
        services.db.transaction().execute(async (tx) => {
          await lockOrganisation(tx, organisation)
          await endMembership(tx, { organisation, account, by, how: 'removed' })
        })
      const withdraw = () => withdrawRequest(services, { account, request })
      const deeds = [approve, approve, comeInOtherwise, withdraw, remove]
      const order = deeds.map((deed, place) => ({ deed, key: (place * 7 + round * 3) % 5 }))
      order.sort((left, right) => left.key - right.key)
      await Promise.all(order.map(({ deed }) => deed()))

      const members = await roleOf('candidat')
      expect(members.length).toBeLessThanOrEqual(1)
      const [row] = await requests()
      expect(row?.state).not.toBe('pending')
      // Settled for a reason that holds: who is in by this request is in with its role.
      if (row?.state === 'approved') expect(row.granted_role).toBe('COLLABORATEUR')
      await arrange(database, 'delete from join_request')
      await arrange(database, 'delete from membership where account_id = $1', [account])
    }
  })

  test('two answers: one counts, the other is told', async () => {
    const request = await asked('candidat')
    const decision = { organisation: tilleuls(), request, by: accountOf('gestionnaire') }
    const answers = await Promise.all([
      approveRequest(myanm.idp.services, { ...decision, role: 'LECTEUR' }),
      refuseRequest(myanm.idp.services, { ...decision, reason: null }),
    ])
    expect(answers.filter(({ is }) => is === 'settled')).toHaveLength(1)
    const [row] = await requests()
    expect(await roleOf('candidat')).toEqual(row?.state === 'approved' ? ['LECTEUR'] : [])
  })

  test('whoever lost the right while deciding decides nothing', async () => {
    const request = await asked('candidat')
    const decided = await approveRequest(myanm.idp.services, {
      organisation: tilleuls(),
      request,
      by: accountOf('responsable'),
      role: 'LECTEUR',
    })
    expect(decided).toEqual({ is: 'not-allowed' })
    expect(await requests()).toMatchObject([{ state: 'pending' }])
  })
})
