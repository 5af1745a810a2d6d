import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import {
  type Page,
  query,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  type Visitor,
  withDatabase,
} from '@myanm/testing'
import { joinsTeam, signsIn, staffSignsIn } from './stage/team.ts'
import { until } from './stage/until.ts'

// Specification M45, M64, P24, P27 « on proof », P32, 6.1; ahead 4. The team of the ANM and « Les Tilleuls ».

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

const REASON = 'Le gestionnaire ne répond plus depuis mars'
const idOf = (key: string): string => myanm.accounts.get(key) ?? ''
const tilleuls = (): string => myanm.organisations.get('tilleuls') ?? ''
const at = (path: string): URL => new URL(path, myanm.issuer)
const file = (rest = ''): URL => at(`/equipe-anm/organismes/${tilleuls()}${rest}`)
const manager = (rest = ''): URL => at(`/organismes/${tilleuls()}/gestionnaire${rest}`)
const comes = (login: string): Promise<Visitor> => signsIn(myanm.issuer, login)
const staff = () => staffSignsIn(database, myanm.issuer)
const another = (login = 'particulier') =>
  joinsTeam({ database, issuer: myanm.issuer }, { login, account: idOf(login) })

async function fills(visitor: Visitor, url: URL, fields: Record<string, string>): Promise<Page> {
  await visitor.go(url)
  return visitor.submit({ form: 'main form[method=post]', fields })
}

async function decides(visitor: Visitor, decision: 'accepter' | 'refuser' = 'accepter') {
  const [open] = await query<{ id: string }>(
    database,
    "select id from organisation_measure where state = 'proposed'",
  )
  await visitor.go(at(`/equipe-anm/mesures/${open?.id}`))
  return visitor.submit({
    form: 'main form[method=post]',
    button: { name: 'decision', value: decision },
  })
}

const stateOf = async (): Promise<string | undefined> =>
  (
    await query<{ state: string }>(database, 'select state from organisation where id = $1', [
      tilleuls(),
    ])
  )[0]?.state

async function leads(): Promise<string | undefined> {
  const [row] = await query<{ login: string }>(
    database,
    `select login from membership join account on account.id = account_id
      where organisation_id = $1 and membership.state = 'active' and role = 'GESTIONNAIRE'`,
    [tilleuls()],
  )
  return row?.login
}

const subjectsTo = (key: string): string[] =>
  myanm.letters.filter(({ to }) => to === `${key}@exemple.be`).map(({ subject }) => subject)

const events = async (): Promise<string[]> =>
  (
    await query<{ event: string }>(
      database,
      'select event from journal where organisation_id = $1 order by id',
      [tilleuls()],
    )
  ).map(({ event }) => event)

/** Two of the team declare that nobody leads. */
async function becomesVacant(first: Visitor, second: Visitor) {
  await fills(first, file('/vacant'), { raison: REASON })
  await decides(second)
  expect(await stateOf()).toBe('vacant')
}

describe('an organisation whose GESTIONNAIRE is gone', () => {
  test('is vacant when two of the team say so, taken over by a RESPONSABLE, and led again', async () => {
    await query(
      database,
      "update membership set role = 'RESPONSABLE' where account_id = $1 and organisation_id = $2",
      [idOf('collegue'), tilleuls()],
    )
    const [first, second] = [await staff(), await another()]
    const proposed = await fills(first, file('/vacant'), { raison: REASON })
    expect(proposed.text).toMatch(/une autre personne de l’équipe décide/)
    expect(await stateOf()).toBe('active')
    // Nobody decides on their own proposal, whatever the form says.
    expect((await decides(first)).status).toBe(403)
    expect(await stateOf()).toBe('active')
    await decides(second)
    expect([await stateOf(), await leads()]).toEqual(['vacant', undefined])
    for (const who of ['responsable', 'collegue', 'gestionnaire']) {
      await until(() => subjectsTo(who).includes('Les Tilleuls ASBL n’a plus de gestionnaire'))
    }
    expect(subjectsTo('lecteur')).toEqual([])

    // Only a RESPONSABLE asks, and is told what will happen.
    expect((await (await comes('lecteur')).go(manager('/reprendre'))).status).toBe(403)
    const applicant = await comes('responsable')
    expect((await applicant.go(manager())).text).toMatch(
      /vous pouvez demander à devenir gestionnaire/,
    )
    expect((await applicant.go(manager('/reprendre'))).text).toMatch(/5 jours pour s’y opposer/)
    const asked = await applicant.submit({
      form: 'form[action$="/reprendre"]',
      fields: { raison: 'Je suis la directrice depuis 2019' },
    })
    expect(asked.text).toMatch(/Votre demande est envoyée/)
    expect(await leads()).toBeUndefined()

    // Another objects; who reads it is the team, not the applicant.
    const other = await comes('collegue')
    expect((await other.go(manager())).text).toMatch(
      /Responsable Dupont demande à devenir gestionnaire/,
    )
    expect((await other.go(manager('/reprendre'))).status).toBe(409)
    const objected = await fills(other, manager('/opposition'), {
      raison: 'Elle quitte l’organisme',
    })
    expect(objected.text).toMatch(/Votre opposition est enregistrée/)
    expect((await other.go(manager('/opposition'))).status).toBe(409)
    expect((await applicant.go(manager())).text).not.toMatch(/Elle quitte l’organisme|Collegue/)
    expect((await first.go(file())).text).toMatch(/Elle quitte l’organisme/)

    // Not before the others had their time.
    expect((await first.go(file('/confier'))).status).toBe(409)
    await query(database, "update rescue set objections_until = now() - interval '1 second'")
    expect((await other.go(manager('/opposition'))).status).toBe(409)
    await fills(first, file('/confier'), { raison: 'Extrait du Moniteur vu, opposition examinée' })
    expect(await leads()).toBeUndefined()
    const done = await decides(second)
    expect(done.text).toMatch(/C’est fait/)
    expect([await stateOf(), await leads()]).toEqual(['active', 'responsable'])
    await until(() =>
      subjectsTo('collegue').includes('Les Tilleuls ASBL a un nouveau gestionnaire'),
    )
    expect(await events()).toEqual(
      expect.arrayContaining([
        'organisation-vacant',
        'rescue-asked',
        'rescue-objected',
        'rescue-decided',
        'manager-appointed',
      ]),
    )
    expect((await applicant.go(manager('/transferer'))).status).toBe(200)
  })

  test('stays vacant when one of the team refuses, and another may ask; who asked may take it back', async () => {
    const [first, second] = [await staff(), await another()]
    await becomesVacant(first, second)
    const applicant = await comes('responsable')
    await fills(applicant, manager('/reprendre'), { raison: REASON })
    const refused = await fills(first, file('/reprise/refuser'), {
      raison: 'Pas de justificatif reçu',
    })
    expect(refused.text).toMatch(/refusée/)
    expect(await stateOf()).toBe('vacant')
    await fills(applicant, manager('/reprendre'), { raison: REASON })
    await applicant.go(manager())
    const back = await applicant.submit({ form: 'form[action$="/retirer"]' })
    expect(back.text).toMatch(/Votre demande est retirée/)
    const rows = await query<{ state: string }>(
      database,
      'select state from rescue order by asked_at',
    )
    expect(rows.map(({ state }) => state)).toEqual(['refused', 'withdrawn'])
  })

  test('is given on proof to somebody, of the team or not (M64): a document, two people, and all are told', async () => {
    const [first, second] = [await staff(), await another()]
    const short = await fills(first, file('/nommer'), { personne: 'independant', raison: REASON })
    expect(short.status).toBe(422)
    expect(short.text).toMatch(/Indiquez le document que vous avez vu/)
    expect(short.html).toContain('value="independant"')
    const nobody = await fills(first, file('/nommer'), {
      personne: 'suspendu',
      justificatif: 'PV du 12/03/2026',
      raison: REASON,
    })
    expect(nobody.status).toBe(422)
    expect(nobody.text).toMatch(/Aucun compte actif/)
    const appointed = { personne: 'independant', justificatif: 'PV du 12/03/2026', raison: REASON }
    await fills(first, file('/nommer'), appointed)
    expect(await leads()).toBe('gestionnaire')
    await decides(second)
    expect(await leads()).toBe('independant')
    for (const who of ['independant', 'gestionnaire', 'responsable']) {
      await until(() => subjectsTo(who).includes('Les Tilleuls ASBL a un nouveau gestionnaire'))
    }
    // Whoever led is a RESPONSABLE, and undoes nothing: the team has decided.
    const former = await comes('gestionnaire')
    expect((await former.go(manager('/transferer'))).status).toBe(403)
    expect((await former.go(manager('/defaire'))).status).toBe(409)
  })

  test('is nobody’s of the team to give to themselves', async () => {
    const first = await staff()
    const own = { personne: 'staff', justificatif: 'PV du 12/03/2026', raison: REASON }
    expect((await fills(first, file('/nommer'), own)).status).toBe(403)
    const second = await another('responsable')
    const other = { ...own, personne: 'responsable' }
    await fills(first, file('/nommer'), other)
    const [open] = await query<{ id: string }>(
      database,
      "select id from organisation_measure where state = 'proposed'",
    )
    const path = `/equipe-anm/mesures/${open?.id}`
    expect((await second.go(at(path))).text).toMatch(/concerne votre propre compte/)
    const posted = await second.post(at(path), {
      jeton: String((await second.go(file('/fermer'))).$('input[name=jeton]').attr('value')),
      decision: 'accepter',
    })
    expect(posted.status).toBe(403)
    expect(await leads()).toBe('gestionnaire')
  })
})

describe('a GESTIONNAIRE who is suspended', () => {
  test('keeps the link, and the team has a task until somebody else leads (6.1)', async () => {
    const [first, second] = [await staff(), await another()]
    await fills(first, at(`/equipe-anm/comptes/${idOf('gestionnaire')}/suspendre`), {
      raison: REASON,
    })
    expect(await leads()).toBe('gestionnaire')
    const overview = await first.go(at('/equipe-anm'))
    expect(overview.text).toMatch(/Les Tilleuls ASBL : son gestionnaire est suspendu/)
    const shown = await first.follow('Les Tilleuls ASBL : son gestionnaire est suspendu')
    expect(shown.url.pathname).toBe(file().pathname)
    const proof = { personne: 'responsable', justificatif: 'PV du 12/03/2026', raison: REASON }
    await fills(first, file('/nommer'), proof)
    await decides(second)
    expect(await leads()).toBe('responsable')
    expect((await first.go(at('/equipe-anm'))).text).not.toMatch(/son gestionnaire est suspendu/)
  })
})

describe('the team of the ANM', () => {
  test('finds an organisation by name or number, sees who leads first, and its look is written down', async () => {
    const visitor = await staff()
    for (const typed of ['tilleuls', 'les till', '0566.988.259', 'BE0566988259']) {
      const found = await visitor.go(at(`/equipe-anm/organismes?q=${encodeURIComponent(typed)}`))
      expect([typed, found.text]).toEqual([typed, expect.stringContaining('Les Tilleuls ASBL')])
    }
    expect((await visitor.go(at('/equipe-anm/organismes?q=%25%25%25'))).status).toBe(422)
    expect((await visitor.go(at('/equipe-anm/organismes?q=t%26%7C!x:*'))).status).toBeLessThan(500)
    const page = await visitor.go(file())
    const names = page
      .$('.row__title')
      .toArray()
      .map((element) => page.$(element).text())
    expect(names[0]).toBe('Gestionnaire Dupont')
    expect(await events()).toEqual(['staff-looked-at-organisation'])
    expect((await visitor.go(at(`/equipe-anm/organismes/${idOf('staff')}`))).status).toBe(404)
  })

  test('checks what somebody registered, once (D13)', async () => {
    await query(database, 'update organisation set to_check = true where id = $1', [tilleuls()])
    const visitor = await staff()
    const list = await visitor.go(at('/equipe-anm/organismes'))
    expect(list.text).toMatch(/À vérifier Les Tilleuls ASBL/)
    const shown = await visitor.go(file())
    const jeton = String(shown.$('input[name=jeton]').attr('value'))
    const checked = await visitor.submit({ form: 'form[action$="/verifie"]' })
    expect(checked.text).toMatch(/L’organisme est vérifié/)
    expect((await visitor.post(file('/verifie'), { jeton })).status).toBe(409)
    expect((await visitor.go(at('/equipe-anm/organismes'))).text).not.toMatch(/À vérifier Les/)
    expect(await events()).toContain('organisation-checked')
  })

  test('removes a member with a reason, never the GESTIONNAIRE (P24)', async () => {
    const visitor = await staff()
    const [row] = await query<{ lecteur: string; gestionnaire: string }>(
      database,
      `select max(id::text) filter (where role = 'LECTEUR') as lecteur,
          max(id::text) filter (where role = 'GESTIONNAIRE') as gestionnaire
        from membership where organisation_id = $1`,
      [tilleuls()],
    )
    const unsaid = await fills(visitor, file(`/membres/${row?.lecteur}/retirer`), { raison: '' })
    expect(unsaid.status).toBe(422)
    const removed = await visitor.submit({
      form: 'main form[method=post]',
      fields: { raison: 'Demandé par la personne elle-même' },
    })
    expect(removed.text).toMatch(/ne fait plus partie/)
    await until(() =>
      subjectsTo('lecteur').includes('Vous ne faites plus partie de Les Tilleuls ASBL'),
    )
    expect((await visitor.go(file(`/membres/${row?.gestionnaire}/retirer`))).status).toBe(409)
    const form = await visitor.go(at('/equipe-anm/equipe/inviter'))
    const posted = await visitor.post(file(`/membres/${row?.gestionnaire}/retirer`), {
      jeton: String(form.$('input[name=jeton]').attr('value')),
      role: 'GESTIONNAIRE',
      raison: REASON,
    })
    expect(posted.status).toBe(409)
    expect(await leads()).toBe('gestionnaire')
  })

  test('closes an organisation whose GESTIONNAIRE asks for it, and opens it again (P32)', async () => {
    const leader = await comes('gestionnaire')
    for (const [who, status] of [
      ['responsable', 403],
      ['lecteur', 403],
      ['voisin', 404],
    ] as const) {
      const visitor = await comes(who)
      const closing = await visitor.go(at(`/organismes/${tilleuls()}/fermeture`))
      expect([who, closing.status]).toEqual([who, status])
    }
    const wish = { raison: 'L’association cesse ses activités' }
    const asked = await fills(leader, at(`/organismes/${tilleuls()}/fermeture`), wish)
    expect(asked.text).toMatch(/Rien ne change avant sa décision/)
    expect(await stateOf()).toBe('active')
    const [first, second] = [await staff(), await another()]
    expect((await first.go(at('/equipe-anm'))).text).toMatch(/demande à fermer le compte/)
    expect((await first.go(file())).text).toMatch(/cesse ses activités/)
    await fills(first, file('/fermer'), { raison: 'Demandé par le gestionnaire, vérifié' })
    await decides(second)
    expect(await stateOf()).toBe('closed')
    expect((await leader.go(manager())).status).toBe(404)
    expect((await first.go(at('/equipe-anm'))).text).not.toMatch(/demande à fermer le compte/)
    // Who leads what is closed may leave (E16 holds nobody there).
    const leaving = await leader.go(at('/compte/donnees/suppression'))
    expect(leaving.text).not.toMatch(/Vous êtes gestionnaire/)
    await fills(first, file('/rouvrir'), { raison: 'Les activités reprennent' })
    await decides(second)
    expect([await stateOf(), await leads()]).toEqual(['active', 'gestionnaire'])
    expect((await leader.go(manager())).status).toBe(200)
  })

  test('opens again as vacant what nobody is there to lead any more', async () => {
    const [first, second] = [await staff(), await another()]
    await fills(first, file('/fermer'), { raison: REASON })
    await decides(second)
    const leader = await comes('gestionnaire')
    await leader.go(at('/compte/donnees/suppression'))
    await leader.submit({
      form: 'form[action="/compte/donnees/suppression"]',
      fields: { compris: 'oui' },
    })
    await fills(first, file('/rouvrir'), { raison: 'Les activités reprennent' })
    await decides(second)
    expect([await stateOf(), await leads()]).toEqual(['vacant', undefined])
  })

  test('refuses, or takes back, what it proposed: nothing has changed', async () => {
    const [first, second] = [await staff(), await another()]
    await fills(first, file('/vacant'), { raison: REASON })
    // One at a time for an organisation.
    expect((await fills(second, file('/fermer'), { raison: REASON })).status).toBe(409)
    expect((await decides(second, 'refuser')).text).toMatch(/Rien n’a changé/)
    await fills(first, file('/vacant'), { raison: REASON })
    const [open] = await query<{ id: string }>(
      database,
      "select id from organisation_measure where state = 'proposed'",
    )
    await first.go(at(`/equipe-anm/mesures/${open?.id}`))
    const back = await first.submit({
      form: 'main form[method=post]',
      button: { name: 'decision', value: 'retirer' },
    })
    expect(back.text).toMatch(/Votre proposition est retirée/)
    expect([await stateOf(), await leads()]).toEqual(['active', 'gestionnaire'])
  })
})
