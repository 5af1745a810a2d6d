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
import { decodeJwt } from 'jose'
import { accept, findProposed, propose } from '#transfers'
import { signsIn } from './stage/team.ts'
import { until } from './stage/until.ts'
import { onTheWire, type Wire } from './stage/wire.ts'

// « Vous ne pouvez pas encore entrer : voici comment » (ahead 2, specification 7.4).

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

beforeEach(async () => {
  await arrange(database, 'delete from join_request')
  await arrange(database, 'delete from invitation')
  await arrange(database, 'delete from letter')
  await arrange(database, "update membership set role = 'LECTEUR' where account_id = $1", [
    accountOf('lecteur'),
  ])
  await arrange(database, 'delete from membership where account_id = $1', [
    accountOf('particulier'),
  ])
  myanm.letters.length = 0
})

const accountOf = (login: string) => myanm.accounts.get(login) ?? ''
const idOf = (organisation: string) => myanm.organisations.get(organisation) ?? ''

async function comeIn(login: string): Promise<Visitor> {
  const visitor = newVisitor()
  await visitor.go(new URL('/compte', myanm.issuer))
  await typeCredentials(visitor, login)
  return visitor
}

/** Where a request leads: to a code, and for whom, or to a page. */
async function ask(visitor: Visitor, parameters: Readonly<Record<string, string>>) {
  const { url, verifier } = wire.request('guide-social', parameters)
  return arrived(visitor, await visitor.go(url), verifier)
}

async function arrived(visitor: Visitor, page: Visitor['page'] & object, verifier: string) {
  const code = page.url.searchParams.get('code')
  const error = page.url.searchParams.get('error')
  if (code === null) return { visitor, page, verifier, error, org: undefined }
  const { body } = await wire.redeem({ code, verifier })
  const org = decodeJwt(String(body['id_token']))['org'] as { id: string; role: string } | undefined
  return { visitor, page, verifier, error, org }
}

const PUBLISH = { minimum_role: 'COLLABORATEUR', page: '/publier/emploi' }
const isNotYet = (page: { readonly url: URL; readonly text: string }) =>
  page.url.pathname.startsWith('/contexte/') &&
  page.text.includes('Vous ne pouvez pas encore entrer')

const changeRole = (login: string, role: string) =>
  query(
    database,
    'update membership set role = $3 where account_id = $1 and organisation_id = $2',
    [accountOf(login), idOf('tilleuls'), role],
  )

describe('a site says what it needs', () => {
  test('and whoever has it is not disturbed', async () => {
    for (const login of ['collaborateur', 'responsable', 'gestionnaire']) {
      const { org } = await ask(await comeIn(login), PUBLISH)
      expect([login, org?.id]).toEqual([login, idOf('tilleuls')])
    }
    expect((await ask(await comeIn('lecteur'), { minimum_role: 'LECTEUR' })).org?.role).toBe(
      'LECTEUR',
    )
    expect((await ask(await comeIn('lecteur'), { organisation: 'organisme' })).org?.role).toBe(
      'LECTEUR',
    )
  })

  test.each([
    ['lecteur', { minimum_role: 'COLLABORATEUR' }],
    ['collaborateur', { minimum_role: 'RESPONSABLE' }],
    ['responsable', { minimum_role: 'GESTIONNAIRE' }],
    ['particulier', { minimum_role: 'LECTEUR' }],
    ['independant', { organisation: 'organisme' }],
  ])('%s asked for %j comes no further, and never without a next step', async (login, need) => {
    const { page, org } = await ask(await comeIn(login), need)
    expect(org).toBeUndefined()
    expect(isNotYet(page)).toBe(true)
    // Something to do besides going back.
    const forms = page.$('main form').not('[action$="/annuler"]').length
    expect(forms + page.$('main .card a').length).toBeGreaterThan(0)
    expect(page.text).toMatch(/Annuler et revenir sur|Revenir à l’accueil de/)
  })

  test('nobody may be disturbed: the site hears interaction_required', async () => {
    const { error } = await ask(await comeIn('lecteur'), { ...PUBLISH, prompt: 'none' })
    expect(error).toBe('interaction_required')
  })

  test.each([
    [{ minimum_role: 'ADMIN' }, 'minimum_role must be'],
    [{ minimum_role: 'collaborateur' }, 'minimum_role must be'],
    [{ minimum_role: 'COLLABORATEUR', organisation: 'personnel' }, 'cannot go with'],
    [{ page: 'https://evil.example/' }, 'page must be a path'],
    [{ page: '//evil.example' }, 'page must be a path'],
    [{ page: '/\\evil.example' }, 'page must be a path'],
    [{ page: '/.//evil.example' }, 'page must be a path'],
    [{ page: `/${'x'.repeat(3000)}` }, 'page must be a path'],
  ])('%j is refused to its developers: %s', async (parameters, words) => {
    const { error, page } = await ask(await comeIn('lecteur'), parameters as never)
    expect(error).toBe('invalid_request')
    expect(page.url.searchParams.get('error_description')).toContain(words)
  })

  test('in the pushed request too', async () => {
    const pushed = new URLSearchParams(
      wire.request('guide-social', { minimum_role: 'ADMIN' }).url.search,
    )
    const { status, body } = await wire.post('/par', pushed)
    expect([status, body['error']]).toEqual([400, 'invalid_request'])
  })

  test('the rank is compared here: of several, those that suffice are offered, and no other', async () => {
    await query(
      database,
      "insert into membership (organisation_id, account_id, role) values ($1, $2, 'LECTEUR')",
      [idOf('montpellier'), accountOf('multi')],
    )
    const visitor = await comeIn('multi')
    const { page } = await ask(visitor, { minimum_role: 'COLLABORATEUR' })
    const offered = page.$('button[name=organisation]').toArray()
    expect(offered.map((button) => page.$(button).attr('value')).sort()).toEqual(
      [idOf('passage'), idOf('tilleuls')].sort(),
    )
    const jeton = String(page.$('input[name=jeton]').attr('value'))
    for (const organisation of [idOf('montpellier'), 'personnel', idOf('tremplin')]) {
      const refused = await visitor.post(page.url, { organisation, jeton })
      expect([organisation, refused.status]).toEqual([organisation, 422])
    }
    const after = await visitor.post(page.url, { organisation: idOf('passage'), jeton })
    expect(after.url.searchParams.get('code')).not.toBeNull()
    await arrange(
      database,
      'delete from membership where account_id = $1 and organisation_id = $2',
      [accountOf('multi'), idOf('montpellier')],
    )
  })

  test('one of several that suffices is no choice: at the first they go straight on', async () => {
    const visitor = await comeIn('multi')
    const asked = { minimum_role: 'RESPONSABLE' }
    expect((await ask(visitor, asked)).org?.id).toBe(idOf('passage'))
    // Nor is anybody disturbed who may not be.
    const other = await comeIn('multi')
    expect((await ask(other, { ...asked, prompt: 'none' })).org?.id).toBe(idOf('passage'))
  })

  test('nobody is moved to another organisation than the one they act for unasked', async () => {
    const visitor = await comeIn('multi')
    await ask(visitor, { organisation: idOf('tilleuls') })
    const { page, org } = await ask(visitor, { minimum_role: 'RESPONSABLE' })
    expect(org).toBeUndefined()
    expect(page.text).toContain('Agir pour Le Passage ASBL')
    expect(page.text).toContain('Demander le rôle de responsable dans Les Tilleuls ASBL')
    const after = await visitor.submit({ form: `form:has(input[value="${idOf('passage')}"])` })
    expect(after.url.searchParams.get('code')).not.toBeNull()
  })

  test('who acted in their own name acts for their only organisation when one is needed', async () => {
    const visitor = await comeIn('collaborateur')
    await ask(visitor, { organisation: 'personnel' })
    expect((await ask(visitor, PUBLISH)).org?.id).toBe(idOf('tilleuls'))
  })
})

describe('a higher role', () => {
  test('is asked for in one press, given from the mail, and the page goes on by itself', async () => {
    const visitor = await comeIn('lecteur')
    const { page, verifier } = await ask(visitor, PUBLISH)
    // Who leads is told to members (M53).
    expect(page.text).toContain('Gestionnaire Dupont')
    expect(page.text).toContain('gestionnaire@exemple.be')
    const waiting = await visitor.submit({ form: 'form[action$="/role"]' })
    expect(waiting.text).toContain('Votre demande est envoyée.')
    expect(waiting.text).toContain('Vérifier maintenant')
    expect(waiting.headers.get('refresh')).toMatch(/^30; url=\/contexte\//)
    const quiet = await visitor.follow('Ne plus vérifier tout seul')
    expect(quiet.headers.get('refresh')).toBeNull()

    await until(() => myanm.letters.length === 1)
    expect(myanm.letters[0]?.text).toContain('demande un autre rôle dans Les Tilleuls ASBL')
    const manager = await signsIn(myanm.issuer, 'gestionnaire')
    await manager.go(new URL(`/organismes/${idOf('tilleuls')}/equipe/demandes`, myanm.issuer))
    expect(manager.page?.text).toContain('Rôle souhaité : Collaborateur')
    await manager.submit({
      form: 'form[action*="/equipe/demandes/"]',
      button: { name: 'decision', value: 'COLLABORATEUR' },
    })

    const after = await arrived(visitor, await visitor.follow('Vérifier maintenant'), verifier)
    expect(after.org).toEqual({ id: idOf('tilleuls'), role: 'COLLABORATEUR' })
  })

  test('leads on later too: from the mail, the request, to the page at the site', async () => {
    const visitor = await comeIn('lecteur')
    await ask(visitor, PUBLISH)
    await visitor.submit({ form: 'form[action$="/role"]' })
    const [request] = await query<{ id: string; return_path: string; client_id: string }>(
      database,
      'select id, return_path, client_id from join_request',
    )
    expect(request).toMatchObject({ return_path: '/publier/emploi', client_id: 'guide-social' })
    await query(
      database,
      "update client set home_uri = 'https://guide.exemple' where client_id = 'guide-social'",
    )
    const manager = await signsIn(myanm.issuer, 'gestionnaire')
    await manager.go(new URL(`/organismes/${idOf('tilleuls')}/equipe/demandes`, myanm.issuer))
    await manager.submit({
      form: 'form[action*="/equipe/demandes/"]',
      button: { name: 'decision', value: 'COLLABORATEUR' },
    })
    const page = await visitor.go(new URL(`/compte/demandes/${request?.id}`, myanm.issuer))
    const way = page.$('a.govuk-button').attr('href') ?? ''
    expect(way).toBe(
      `https://guide.exemple/connexion?organisation=${idOf('tilleuls')}&retour=%2Fpublier%2Femploi`,
    )
  })

  test('leaves the last day that was agreed as it is, and both roles are told', async () => {
    await query(
      database,
      "update membership set ends_on = current_date + 30 where account_id = $1 and state = 'active'",
      [accountOf('lecteur')],
    )
    const visitor = await comeIn('lecteur')
    await ask(visitor, PUBLISH)
    await visitor.submit({ form: 'form[action$="/role"]' })
    const [agreed] = await query<{ day: string; shown: string }>(
      database,
      "select ends_on::text as day, to_char(ends_on, 'DD/MM/YYYY') as shown from membership where account_id = $1",
      [accountOf('lecteur')],
    )
    const manager = await signsIn(myanm.issuer, 'gestionnaire')
    const page = await manager.go(
      new URL(`/organismes/${idOf('tilleuls')}/equipe/demandes`, myanm.issuer),
    )
    expect(page.text).toContain(`Dernier jour dans l’équipe : le ${agreed?.shown}.`)
    await manager.submit({
      form: 'form[action*="/equipe/demandes/"]',
      button: { name: 'decision', value: 'COLLABORATEUR' },
    })
    expect(
      await query(
        database,
        'select role, ends_on::text as day from membership where account_id = $1',
        [accountOf('lecteur')],
      ),
    ).toEqual([{ role: 'COLLABORATEUR', day: agreed?.day }])
    const told = () => myanm.letters.find(({ to }) => to === 'lecteur@exemple.be')?.text ?? ''
    await until(() => told() !== '')
    expect(told()).toContain('est Collaborateur (avant : Lecteur)')
    expect(told()).toContain(`Votre dernier jour dans l’équipe reste le ${agreed?.shown}.`)
    await query(database, 'update membership set ends_on = null where account_id = $1', [
      accountOf('lecteur'),
    ])
  })

  test('of one’s own, named by its number, is not asked for in a loop', async () => {
    const visitor = await comeIn('lecteur')
    const { verifier } = await ask(visitor, PUBLISH)
    await visitor.follow('Demander à rejoindre')
    const page = await visitor.submit({
      form: 'form[action$="/rejoindre"]',
      fields: { numero: '0566988259' },
    })
    expect(page.text).toContain('Vous faites déjà partie de cette équipe')
    expect(page.text).toContain('Demander le rôle de collaborateur dans Les Tilleuls ASBL')
    // Where the role is enough by then, naming it is choosing it.
    await visitor.follow('Demander à rejoindre')
    await changeRole('lecteur', 'COLLABORATEUR')
    const after = await arrived(
      visitor,
      await visitor.submit({
        form: 'form[action$="/rejoindre"]',
        fields: { numero: '0566988259' },
      }),
      verifier,
    )
    expect(after.org).toEqual({ id: idOf('tilleuls'), role: 'COLLABORATEUR' })
  })

  test('can be asked for in any of many: they are looked for, and gone through', async () => {
    const person = accountOf('particulier')
    const [lead] = await query<{ ids: string[] }>(
      database,
      `with made as (
          insert into organisation (kind, bce, name, nonprofit, state)
            select 'organisme', '0' || n || lpad((97 - n % 97)::text, 2, '0'), 'Maison ' || (n - 4000199), true, 'vacant'
              from generate_series(4000200, 4000229) n
            returning id),
        mine as (insert into membership (organisation_id, account_id, role)
          select id, $1, 'LECTEUR' from made)
        select array_agg(id) as ids from made`,
      [person],
    )
    const visitor = await comeIn('particulier')
    const { page } = await ask(visitor, PUBLISH)
    const names = (on: typeof page) =>
      on
        .$('h2')
        .toArray()
        .flatMap((title) => /dans (Maison \d+)/.exec(on.$(title).text())?.[1] ?? [])
    expect(names(page)).toHaveLength(5)
    const found = await visitor.submit({ form: 'form[role=search]', fields: { q: 'maison 27' } })
    expect(names(found)).toEqual(['Maison 27'])
    await visitor.submit({ form: 'form:has(input[name=organisation])' })
    expect(
      await query(
        database,
        `select name from join_request join organisation on organisation.id = organisation_id`,
      ),
    ).toEqual([{ name: 'Maison 27' }])

    const first = await visitor.submit({ form: 'form[role=search]', fields: { q: '' } })
    const next = await visitor.follow('Voir les suivants')
    expect([...names(first), ...names(next)].length).toBeGreaterThanOrEqual(29)
    expect(new Set([...names(first), ...names(next)]).size).toBe(
      names(first).length + names(next).length,
    )
    const none = await visitor.submit({ form: 'form[role=search]', fields: { q: 'nulle part' } })
    expect(none.text).toContain('ne correspond à « nulle part »')
    for (const table of ['join_request', 'membership']) {
      await arrange(database, `delete from ${table} where organisation_id = any($1)`, [lead?.ids])
    }
    await arrange(database, 'update organisation set state = $2 where id = any($1)', [
      lead?.ids,
      'closed',
    ])
  })

  test('that would not be enough is waited for with no promise', async () => {
    const visitor = await comeIn('lecteur')
    await ask(visitor, PUBLISH)
    await visitor.submit({ form: 'form[action$="/role"]' })
    expect(visitor.page?.text).toContain('vous continuez vers la page que vous vouliez')
    const { page } = await ask(await comeIn('lecteur'), { minimum_role: 'RESPONSABLE' })
    expect(page.text).not.toContain('Vous attendez une réponse')
    expect(page.text).toContain('Elle porte sur le rôle de collaborateur, qui ne suffit pas')
    expect(page.headers.get('refresh')).toBeNull()
  })

  test('of an organisation of others cannot be asked for', async () => {
    const visitor = await comeIn('lecteur')
    const { page } = await ask(visitor, PUBLISH)
    const jeton = String(page.$('input[name=jeton]').attr('value'))
    for (const organisation of [idOf('passage'), crypto.randomUUID(), 'x']) {
      await visitor.post(`${page.url.pathname}/role`, {
        organisation,
        role: 'COLLABORATEUR',
        jeton,
      })
    }
    expect(await query(database, 'select from join_request')).toEqual([])
  })

  test('that only one person has is handed over, and leads on to the page that was wanted, days later', async () => {
    const visitor = await comeIn('responsable')
    const { page } = await ask(visitor, {
      minimum_role: 'GESTIONNAIRE',
      page: '/publier/forfaits',
    })
    expect(page.text).toContain('Une seule personne a ce rôle')
    expect(page.text).toContain('vous continuerez vers la page que vous vouliez, sur Guide Social')
    expect(page.$('form[action$="/role"]')).toHaveLength(0)
    const how = await visitor.submit({ form: 'form[action$="/gestionnaire"]' })
    expect(how.url.pathname).toBe(`/organismes/${idOf('tilleuls')}/gestionnaire`)
    expect(how.text).toContain('Une fois gestionnaire, vous continuerez d’ici sur Guide Social.')
    expect(how.text).not.toContain('Continuer sur Guide Social')
    // Nobody else sees what they wanted.
    const manager = await comeIn('gestionnaire')
    expect((await manager.go(how.url)).text).not.toContain('Guide Social.')

    const organisation = idOf('tilleuls')
    const { db } = myanm.idp.services
    const handsOver = async (from: string, to: string) => {
      await propose({ db }, { organisation, by: accountOf(from), to: accountOf(to) })
      const transfer = (await findProposed(db, organisation))?.id ?? ''
      return accept({ db }, { organisation, transfer, by: accountOf(to), now: new Date() })
    }
    await propose(
      { db },
      { organisation, by: accountOf('gestionnaire'), to: accountOf('responsable') },
    )
    // From the letter, in another browser.
    const later = await comeIn('responsable')
    await later.go(new URL(`${how.url.pathname}/accepter`, myanm.issuer))
    const done = await later.submit({ form: 'form[action$="/accepter"]' })
    expect(done.text).toContain('Vous êtes maintenant gestionnaire')
    const way = new URL(
      done.$('main a:contains("Continuer sur Guide Social")').attr('href') ?? 'about:blank',
    )
    expect([way.pathname, Object.fromEntries(way.searchParams)]).toEqual([
      '/connexion',
      { organisation, retour: '/publier/forfaits' },
    ])
    // As long as a request would have waited.
    await arrange(database, "update wish_to_lead set wished_at = now() - interval '30 days'")
    expect((await later.go(how.url)).text).not.toContain('Continuer sur Guide Social')
    await handsOver('responsable', 'gestionnaire')
  })

  test('of an organisation of others is not wished for', async () => {
    const visitor = await comeIn('responsable')
    const { page } = await ask(visitor, { minimum_role: 'GESTIONNAIRE' })
    const jeton = String(page.$('input[name=jeton]').attr('value'))
    for (const designe of [idOf('passage'), crypto.randomUUID(), 'x']) {
      await visitor.post(`${page.url.pathname}/gestionnaire`, { designe, jeton })
    }
    const kept = await query(
      database,
      'select from wish_to_lead where organisation_id is distinct from $1',
      [idOf('tilleuls')],
    )
    expect(kept).toEqual([])
  })

  test('lost again while the page is open gives nothing', async () => {
    const visitor = await comeIn('lecteur')
    const { page } = await ask(visitor, PUBLISH)
    await changeRole('lecteur', 'COLLABORATEUR')
    await changeRole('lecteur', 'LECTEUR')
    expect(isNotYet(await visitor.go(page.url))).toBe(true)
  })
})

describe('an organisation to join', () => {
  test('is asked by its number on the same page, what was typed is kept, and the way on is remembered', async () => {
    const visitor = await comeIn('particulier')
    const { verifier } = await ask(visitor, { minimum_role: 'LECTEUR', page: '/mes-annonces' })
    const wrong = await visitor.submit({
      form: 'form[action$="/rejoindre"]',
      fields: { numero: '0566.988.258', fonction: 'Trésorier', message: 'C’est moi' },
    })
    expect(wrong.status).toBe(422)
    expect(wrong.$('#fonction').attr('value')).toBe('Trésorier')
    const sent = await visitor.submit({
      form: 'form[action$="/rejoindre"]',
      fields: { numero: '0566.988.259' },
    })
    expect(sent.text).toContain('Votre demande est envoyée.')
    expect(sent.text).toMatch(/Votre demande pour Les Tilleuls.* attend une réponse/)

    const manager = await signsIn(myanm.issuer, 'gestionnaire')
    await manager.go(new URL(`/organismes/${idOf('tilleuls')}/equipe/demandes`, myanm.issuer))
    await manager.submit({
      form: 'form[action*="/equipe/demandes/"]',
      button: { name: 'decision', value: 'LECTEUR' },
    })
    const after = await arrived(visitor, await visitor.follow('Vérifier maintenant'), verifier)
    expect(after.org).toEqual({ id: idOf('tilleuls'), role: 'LECTEUR' })
  })

  test('is found by its name on the same page, and what was written goes with it', async () => {
    await query(
      database,
      `insert into register_enterprise (number, type, names) values
        ('0566988259', 'legal', '{"fr": "Les Tilleuls ASBL"}') on conflict do nothing`,
    )
    const visitor = await comeIn('particulier')
    await ask(visitor, PUBLISH)
    const list = await visitor.submit({
      form: 'form[action$="/rejoindre"]',
      fields: { numero: 'tilleuls', fonction: 'Trésorier', message: 'C’est moi' },
    })
    expect(list.status).toBe(200)
    expect(list.text).toContain('Lequel est votre organisme ?')
    expect(list.text).toContain('0566.988.259')
    const sent = await visitor.submit({
      form: 'form.choice-list',
      button: { name: 'numero', value: '0566988259' },
    })
    expect(sent.text).toContain('Votre demande est envoyée.')
    expect(
      await query(database, 'select bce, function, message, return_path from join_request'),
    ).toEqual([
      {
        bce: '0566988259',
        function: 'Trésorier',
        message: 'C’est moi',
        return_path: '/publier/emploi',
      },
    ])
  })

  test('by a name the register does not have, at its exact name', async () => {
    const visitor = await comeIn('particulier')
    await ask(visitor, PUBLISH)
    const list = await visitor.submit({
      form: 'form[action$="/rejoindre"]',
      fields: { numero: 'Académie de Montpellier' },
    })
    expect(list.text).toContain('Aucun organisme du registre public')
    const sent = await visitor.submit({ form: 'form:has([name=exact])' })
    expect(sent.text).toContain('Votre demande est envoyée.')
    expect(await query(database, 'select organisation_id from join_request')).toEqual([
      { organisation_id: idOf('montpellier') },
    ])
  })

  test('granted while one of several is asked about goes on by itself', async () => {
    const visitor = await comeIn('multi')
    const { verifier } = await ask(visitor, { minimum_role: 'GESTIONNAIRE' })
    await query(
      database,
      `with o as (insert into organisation (kind, bce, name, nonprofit)
          values ('organisme', '0400006026', 'La Nouvelle', true) returning id)
        insert into membership (organisation_id, account_id, role)
          select id, $1, 'GESTIONNAIRE' from o`,
      [accountOf('multi')],
    )
    const after = await arrived(visitor, await visitor.go(visitor.page?.url ?? ''), verifier)
    expect(after.org?.role).toBe('GESTIONNAIRE')
    await arrange(
      database,
      "delete from membership where role = 'GESTIONNAIRE' and account_id = $1",
      [accountOf('multi')],
    )
    await arrange(database, "update organisation set state = 'closed' where bce = '0400006026'")
  })

  test('that has invited the person is entered at once', async () => {
    await query(
      database,
      `insert into invitation (organisation_id, email, account_id, role, invited_by, message)
        values ($1, 'particulier@exemple.be', $2, 'COLLABORATEUR', $3, 'À lundi !')`,
      [idOf('tilleuls'), accountOf('particulier'), accountOf('gestionnaire')],
    )
    const visitor = await comeIn('particulier')
    const { page, verifier } = await ask(visitor, PUBLISH)
    // What the page of the invitation says, before its one button.
    for (const words of [
      'Les Tilleuls ASBL vous invite',
      'À lundi !',
      'Ce que vos collègues verront de vous',
      'particulier@exemple.be',
    ]) {
      expect(page.text).toContain(words)
    }
    const after = await arrived(
      visitor,
      await visitor.submit({ form: 'form[action$="/invitation"]' }),
      verifier,
    )
    expect(after.org).toEqual({ id: idOf('tilleuls'), role: 'COLLABORATEUR' })
  })

  test('that invites instead of answering leads to the page that was wanted, days later', async () => {
    await query(
      database,
      "update client set home_uri = 'http://localhost:9999' where client_id = 'guide-social'",
    )
    const wanted = `http://localhost:9999/connexion?organisation=${idOf('tilleuls')}&retour=%2Fpublier%2Femploi`
    const visitor = await comeIn('particulier')
    await ask(visitor, PUBLISH)
    await visitor.submit({ form: 'form[action$="/rejoindre"]', fields: { numero: '0566988259' } })
    await query(
      database,
      `update join_request set created_at = created_at - interval '5 days',
        expires_at = expires_at - interval '5 days'`,
    )
    const invites = async (role: string) => {
      const manager = await signsIn(myanm.issuer, 'gestionnaire')
      await manager.go(new URL(`/organismes/${idOf('tilleuls')}/equipe/inviter`, myanm.issuer))
      await manager.submit({
        form: 'form:has([name=email])',
        fields: { email: 'particulier@exemple.be', role, site: 'monasbl' },
      })
      const [{ id } = { id: '' }] = await query<{ id: string }>(
        database,
        "select id from invitation where state = 'pending'",
      )
      return `/compte/invitations/${id}`
    }
    const later = await comeIn('particulier')
    // A role that does not open that page leads where the inviter said.
    const tooLow = await later.go(new URL(await invites('LECTEUR'), myanm.issuer))
    expect(tooLow.text).toContain('Ensuite, vous arrivez sur MonASBL')
    await arrange(database, 'delete from invitation')
    const page = await later.go(new URL(await invites('COLLABORATEUR'), myanm.issuer))
    expect(page.text).toContain('Ensuite, vous arrivez sur Guide Social')
    const { url } = await later.submit({ form: 'form:has([name=avec])' })
    expect(url.href).toBe(wanted)

    const [request] = await query<{ id: string; state: string }>(
      database,
      'select id, state from join_request',
    )
    expect(request?.state).toBe('superseded')
    const told = await later.go(new URL(`/compte/demandes/${request?.id}`, myanm.issuer))
    expect(told.text).toMatch(/Vous faites partie de Les Tilleuls.*, avec le rôle Collaborateur/)
    expect(told.text).not.toContain('Faire une nouvelle demande')
    const way = told.$('a:contains("Continuer sur Guide Social")').attr('href')
    expect(way).toBe(wanted)
    await arrange(database, 'delete from membership where account_id = $1', [
      accountOf('particulier'),
    ])
    const gone = await later.go(new URL(`/compte/demandes/${request?.id}`, myanm.issuer))
    expect(gone.text).not.toContain('Continuer sur Guide Social')
    expect(gone.text).toContain('Faire une nouvelle demande')
  })

  test('and a request may be taken back there', async () => {
    const visitor = await comeIn('particulier')
    await ask(visitor, { organisation: 'organisme' })
    await visitor.submit({ form: 'form[action$="/rejoindre"]', fields: { numero: '0566988259' } })
    const page = await visitor.submit({ form: 'form[action$="/retirer"]' })
    expect(page.text).toContain('Votre demande est retirée.')
    const [row] = await query(database, 'select state from join_request')
    expect(row).toEqual({ state: 'withdrawn' })
  })
})
