import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import {
  arrange,
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
    // Each letter says what it is about before it is opened.
    await until(() =>
      subjectsTo('collegue').includes(
        'Responsable Dupont demande à devenir gestionnaire de Les Tilleuls ASBL',
      ),
    )

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
    expect(subjectsTo('responsable')).toContain('Une opposition à la reprise de Les Tilleuls ASBL')
    // Who objected is written down, and not for whom they objected to, who reads the journal now.
    const [objection] = await query<{ actor_id: string }>(
      database,
      "select actor_id from journal where event = 'rescue-objected'",
    )
    expect(objection?.actor_id).toBe(idOf('collegue'))
    const [row] = await query<{ id: string }>(
      database,
      'select id from membership where account_id = $1 and organisation_id = $2',
      [idOf('collegue'), tilleuls()],
    )
    const everything = await applicant.go(at(`/organismes/${tilleuls()}/journal`))
    expect(everything.text).toMatch(/Un responsable s’est opposé/)
    const line = everything
      .$('.row')
      .toArray()
      .map((element) => everything.$(element).text())
      .find((text) => text.includes('s’est opposé'))
    expect(line).not.toMatch(/Collegue|Décidé par/)
    const theirs = await applicant.go(at(`/organismes/${tilleuls()}/journal?personne=${row?.id}`))
    expect(theirs.text).toMatch(/Ce qui concerne Collegue/)
    expect(theirs.text).not.toMatch(/s’est opposé/)
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
    // Who asked reads why, and what they can do; the others that it was refused, and not why.
    await until(() =>
      subjectsTo('gestionnaire').includes('La reprise de Les Tilleuls ASBL n’est pas acceptée'),
    )
    const mine = 'Votre demande de reprendre Les Tilleuls ASBL n’est pas acceptée'
    await until(() => subjectsTo('responsable').includes(mine))
    const letter = myanm.letters.find(({ subject }) => subject === mine)
    expect(letter?.text).toMatch(/Pas de justificatif reçu[^]*nouvelle demande/)
    const others = myanm.letters.filter(({ to }) => to === 'gestionnaire@exemple.be')
    expect(others.map(({ text }) => text).join('')).not.toMatch(/Pas de justificatif reçu/)
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
    await query(
      database,
      "insert into invitation (organisation_id, email, role) values ($1, 'elle@exemple.be', 'LECTEUR')",
      [tilleuls()],
    )
    await decides(second)
    expect(await leads()).toBe('independant')
    for (const who of ['independant', 'gestionnaire', 'responsable']) {
      await until(() => subjectsTo(who).includes('Les Tilleuls ASBL a un nouveau gestionnaire'))
    }
    // What waited is theirs to answer now; nobody else's letter speaks of it.
    const letters = myanm.letters.filter(({ text }) => /Ce qui attend déjà une réponse/.test(text))
    expect(letters).toMatchObject([
      {
        to: 'independant@exemple.be',
        text: expect.stringMatching(/aucune demande, 1 invitation en attente, aucun changement/),
      },
    ])
    const next = await comes('independant')
    expect((await next.go(manager())).text).toMatch(/1 invitation envoyée, sans réponse/)
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
    expect((await events()).filter((event) => event.startsWith('staff-'))).toEqual([
      'staff-looked-at-organisation',
    ])
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
    const [asking] = await query<{ id: string }>(
      database,
      `insert into join_request (organisation_id, bce, asked_name, account_id)
        values ($1, '0566988259', 'Les Tilleuls ASBL', $2) returning id`,
      [tilleuls(), idOf('candidat')],
    )
    await fills(first, file('/fermer'), { raison: 'Demandé par le gestionnaire, vérifié' })
    await decides(second)
    expect(await stateOf()).toBe('closed')
    // Nobody is left to find out: neither the team, nor who waited for its answer.
    for (const who of ['gestionnaire', 'responsable', 'lecteur']) {
      await until(() => subjectsTo(who).includes('Le compte de Les Tilleuls ASBL est fermé'))
    }
    expect(subjectsTo('voisin')).toEqual([])
    const unanswered = 'Votre demande ne peut pas recevoir de réponse'
    await until(() => subjectsTo('candidat').includes(unanswered))
    const candidate = await comes('candidat')
    const request = await candidate.go(at(`/compte/demandes/${asking?.id}`))
    expect(request.text).toMatch(/Le compte de Les Tilleuls ASBL est fermé/)
    expect(request.text).not.toMatch(/à partir du/)
    expect(request.html).toContain('/organismes/rejoindre?numero=0566988259')
    // A member who comes is told so; a stranger finds what there is nowhere.
    const there = await leader.go(manager())
    expect([there.status, there.text]).toEqual([
      404,
      expect.stringContaining('Le compte de Les Tilleuls ASBL est fermé'),
    ])
    expect(there.html).toContain('href="/contact"')
    const stranger = await (await comes('voisin')).go(manager())
    expect([stranger.status, /Tilleuls/.test(stranger.text)]).toEqual([404, false])
    // Asked again meanwhile, under its number: nobody there to answer, yet.
    await query(
      database,
      `insert into join_request (bce, asked_name, account_id)
        values ('0566988259', 'Les Tilleuls ASBL', $1), ('0566988259', 'Les Tilleuls ASBL', $2)`,
      [idOf('candidat'), idOf('lecteur')],
    )
    expect((await first.go(at('/equipe-anm'))).text).not.toMatch(/demande à fermer le compte/)
    // Who leads what is closed may leave (E16 holds nobody there).
    const leaving = await leader.go(at('/compte/donnees/suppression'))
    expect(leaving.text).not.toMatch(/Vous êtes gestionnaire/)
    await fills(first, file('/rouvrir'), { raison: 'Les activités reprennent' })
    await decides(second)
    expect([await stateOf(), await leads()]).toEqual(['active', 'gestionnaire'])
    expect((await leader.go(manager())).status).toBe(200)
    for (const who of ['gestionnaire', 'responsable', 'lecteur']) {
      await until(() => subjectsTo(who).includes('Le compte de Les Tilleuls ASBL est rouvert'))
    }
    const requests = await leader.go(at(`/organismes/${tilleuls()}/equipe/demandes`))
    expect(requests.text).toMatch(/Candidat Dupont/)
    expect(requests.text).not.toMatch(/Lecteur Dupont/)
  })

  test('sees what waits there, and cancels an invitation: who sent it is told why (P22)', async () => {
    const [invitation] = await query<{ id: string }>(
      database,
      `insert into invitation (organisation_id, email, role, invited_by)
        values ($1, 'nouvelle@exemple.com', 'COLLABORATEUR', $2) returning id`,
      [tilleuls(), idOf('responsable')],
    )
    await query(
      database,
      "insert into join_request (organisation_id, asked_name, account_id) values ($1, 'T', $2)",
      [tilleuls(), idOf('candidat')],
    )
    const visitor = await staff()
    const shown = await visitor.go(file())
    expect(shown.text).toMatch(/nouvelle@exemple\.com[^]*par Responsable Dupont/)
    expect(shown.text).toMatch(/Candidat Dupont Demande de rattachement/)
    const asked = await visitor.follow('Annuler l’invitation')
    expect(asked.text).toMatch(/ne fonctionnera plus[^]*prévenu par e-mail, avec votre raison/)
    const cancelled = async (raison: string) =>
      visitor.submit({ form: 'main form[method=post]', fields: { raison } })
    expect((await cancelled('')).status).toBe(422)
    const done = await cancelled('Adresse d’une autre personne')
    expect(done.text).toMatch(/L’invitation est annulée/)
    expect(done.text).toMatch(/Invitation annulée[^]*Adresse d’une autre personne/)
    expect(done.text).not.toMatch(/nouvelle@exemple\.com/)
    const subject = 'Invitation annulée par l’équipe de l’ANM'
    await until(() => subjectsTo('responsable').includes(subject))
    const letter = myanm.letters.find((one) => one.subject === subject)
    expect(letter?.text).toMatch(/Adresse d’une autre personne/)
    expect(letter?.text).not.toMatch(/nouvelle@exemple/)
    expect(await events()).toContain('invitation-cancelled')
    // Once; and only where it is.
    const path = `/invitations/${invitation?.id}/annuler`
    expect((await visitor.go(file(path))).status).toBe(409)
    const passage = myanm.organisations.get('passage')
    expect((await visitor.go(at(`/equipe-anm/organismes/${passage}${path}`))).status).toBe(404)
  })

  test('reads a journal with a reason, written down, for a while; nobody reads that of their own (P38)', async () => {
    await query(
      database,
      `insert into journal (event, organisation_id, details)
        select 'members-reviewed', $1, '{}' from generate_series(1, 30)`,
      [tilleuls()],
    )
    const visitor = await staff()
    await visitor.go(file())
    await visitor.follow('Lire le journal de l’organisme')
    const opens = (raison: string) =>
      visitor.submit({ form: 'main form[method=post]', fields: { raison } })
    expect((await opens('court')).status).toBe(422)
    const journal = await opens('Litige entre deux responsables, dossier 12')
    expect(journal.$('.row')).toHaveLength(25)
    expect(journal.text).toMatch(/Les rôles de l’équipe ont été revus/)
    const reading = journal.url
    const older = await visitor.follow('Voir ce qui est plus ancien')
    expect(older.$('.row').length).toBeGreaterThanOrEqual(5)
    expect(await events()).toContain('staff-read-organisation-journal')
    expect((await visitor.go(file())).text).toMatch(/Journal lu[^]*dossier 12/)
    // Its people read what was decided, not who of us looked.
    const leader = await comes('gestionnaire')
    const own = await leader.go(at(`/organismes/${tilleuls()}/journal`))
    expect(own.text).not.toMatch(/ANM a lu|dossier 12/)
    // Another of the team says why for themselves, as does the same one an hour later.
    const second = await another('particulier')
    expect((await second.go(reading)).url.pathname).toBe(file('/journal').pathname)
    await query(database, "update organisation_action set at = now() - interval '61 minutes'")
    expect((await visitor.go(reading)).url.pathname).toBe(file('/journal').pathname)
    const member = await another('responsable')
    const refused = await fills(member, file('/journal'), { raison: REASON })
    expect([refused.status, refused.text]).toEqual([
      403,
      expect.stringContaining('propre organisme'),
    ])
  })

  test('corrects number, form and sector with a reason, as their people cannot (M39, P15)', async () => {
    const [FREE, CEASED] = ['0400001076', '0400002066']
    await query(
      database,
      `insert into register_enterprise (number, type, names, ceased_on) values
        ($1, 'legal', '{"fr": "Les Tilleuls"}', null), ($2, 'legal', '{"fr": "Fini"}', '2020-01-01')
        on conflict (number) do update set ceased_on = excluded.ceased_on`,
      [FREE, CEASED],
    )
    const [other] = await query<{ bce: string }>(
      database,
      'select bce from organisation where id <> $1 and bce is not null limit 1',
      [tilleuls()],
    )
    await query(
      database,
      `insert into join_request (bce, asked_name, account_id) values ($1, 'Les Tilleuls', $2)`,
      [FREE, idOf('candidat')],
    )
    const visitor = await staff()
    await visitor.go(file())
    const form = await visitor.follow('Corriger les données officielles')
    expect(form.$('input[name=numero]').attr('value')).toBe('0566988259')
    const raison = 'Numéro d’une autre association, statuts vus'
    const corrects = (fields: Record<string, string>) =>
      visitor.submit({ form: 'main form[method=post]', fields: { raison, ...fields } })
    for (const [fields, words] of [
      [{ numero: '0566988250' }, /Ce numéro d'entreprise n'est pas valide/],
      [{ numero: CEASED }, /Aucun organisme actif ne porte ce numéro/],
      [{ numero: other?.bce ?? '' }, /Un autre organisme porte déjà ce numéro/],
      [{ numero: '0566.988.259' }, /déjà celles de l’organisme/],
      [{ numero: FREE, raison: '' }, /Expliquez la raison/],
      [{ forme: '17', raison }, /code de trois chiffres/],
    ] as const) {
      const refused = await corrects(fields)
      expect([fields, refused.status, refused.text]).toEqual([
        fields,
        422,
        expect.stringMatching(words),
      ])
    }
    const before = await query(database, 'select id from signal')
    const done = await corrects({ numero: '0400.001.076', forme: '029', marchand: 'oui' })
    expect(done.text).toMatch(/Les données sont corrigées/)
    expect(done.text).toMatch(/Données officielles corrigées[^]*statuts vus/)
    expect(
      await query(
        database,
        'select bce, legal_form, nonprofit, is_public from organisation where id = $1',
        [tilleuls()],
      ),
    ).toEqual([{ bce: FREE, legal_form: '029', nonprofit: false, is_public: false }])
    // Sites hear of it; who leads reads what and why; who asked for that number asks this organisation.
    expect((await query(database, 'select id from signal')).length).toBeGreaterThan(before.length)
    const subject = 'L’équipe de l’ANM a corrigé les données de Les Tilleuls ASBL'
    await until(() => subjectsTo('gestionnaire').includes(subject))
    const letter = myanm.letters.find((one) => one.subject === subject)
    expect(letter?.text).toMatch(/0400\.001\.076[^]*029[^]*marchand[^]*statuts vus/)
    expect(await events()).toContain('organisation-changed')
    const leader = await comes('gestionnaire')
    expect((await leader.go(at(`/organismes/${tilleuls()}/donnees`))).text).toMatch(
      /0400\.001\.076/,
    )
    const requests = await leader.go(at(`/organismes/${tilleuls()}/equipe/demandes`))
    expect(requests.text).toMatch(/Candidat Dupont/)
  })

  test('reads long lists to their end: a team, requests, what an import left (by key)', async () => {
    await query(
      database,
      `with made as (
        insert into account (account_type, state, email, given_name, family_name)
          select 'organisme', 'legacy', 'm' || n || '@exemple.net', 'M', 'Membre' || n
            from generate_series(1, 120) n returning id
      ) insert into membership (account_id, organisation_id, role) select id, $1, 'LECTEUR' from made`,
      [tilleuls()],
    )
    await query(
      database,
      `insert into join_request (organisation_id, asked_name, account_id, reminders)
        select $1, 'P', id, 4 from account where email like 'm%@exemple.net'`,
      [myanm.organisations.get('passage')],
    )
    await arrange(
      database,
      `insert into legacy_conflict (site, identifier, account_id, kind, name)
        select 'guide-social', n::text, $1, 'bad-number', 'Ancien' || n from generate_series(1, 120) n`,
      [idOf('candidat')],
    )
    // What two of the team decide on, and what is theirs to do.
    await query(
      database,
      `with made as (
          insert into organisation (kind, name, state)
            select 'academie', 'Liste' || n, 'vacant' from generate_series(1, 120) n returning id
        ), measures as (
          insert into organisation_measure (kind, organisation_id, other_id, reason, proposed_by,
              decided_by, decided_at)
            select 'merge', id, $1, 'Une raison de plus', $2, null, null from made
        ), merges as (
          insert into organisation_merge (gone_id, kept_id, undone_at) select id, $1, null from made
        )
        insert into staff_task (kind, account_id, organisation_id, closed_at)
          select 'appoint-manager', $2, id, null from made`,
      [tilleuls(), idOf('candidat')],
    )
    await query(
      database,
      `insert into staff_correction (kind, account_id, email, former_email, reason, proposed_by,
          decided_by, decided_at)
        select 'address', id, 'nouvelle-' || email, email, 'Une raison de plus', $1, null, null
          from account where email like 'm%@exemple.net'`,
      [idOf('candidat')],
    )
    const visitor = await staff()
    const readsOn = async (url: URL, { more, of }: { more: string; of: RegExp }) => {
      const found = new Set<string>()
      let page = await visitor.go(url)
      for (;;) {
        for (const element of page.$('.row').toArray()) {
          const text = page.$(element).text()
          if (of.test(text)) found.add(text)
        }
        if (!page.$(`a:contains("${more}")`).length) return found.size
        page = await visitor.follow(more)
      }
    }
    expect(await readsOn(file(), { more: 'Voir la suite de l’équipe', of: /Membre\d+/ })).toBe(120)
    const passage = at(`/equipe-anm/organismes/${myanm.organisations.get('passage')}`)
    expect(await readsOn(passage, { more: 'Voir la suite', of: /Membre\d+/ })).toBe(120)
    const list = at('/equipe-anm/organismes')
    const more = 'Voir d’autres organismes à éclaircir'
    expect(await readsOn(list, { more, of: /Ancien\d+/ })).toBe(120)
    const decisions = { more: 'Voir d’autres propositions', of: /Liste\d+ · \d/ }
    expect(await readsOn(list, decisions)).toBe(120)
    const twins = at('/equipe-anm/doublons')
    const proposed = { more: 'Voir d’autres propositions de fusion', of: /Réunir Liste\d+ avec/ }
    expect(await readsOn(twins, proposed)).toBe(120)
    const merged = { more: 'Voir d’autres organismes réunis', of: /Liste\d+ avec [^]*défait/ }
    expect(await readsOn(twins, merged)).toBe(120)
    const corrections = { more: 'Voir d’autres corrections', of: /Membre\d+/ }
    expect(await readsOn(at('/equipe-anm/corrections'), corrections)).toBe(120)
    const tasks = { more: 'Voir d’autres organismes qui attendent l’équipe', of: /Liste\d+/ }
    expect(await readsOn(at('/equipe-anm'), tasks)).toBe(120)
    const overview = await visitor.go(at('/equipe-anm'))
    expect(overview.text).toContain('120 décisions à prendre à deux')
    expect(overview.text).toContain('120 corrections à décider')
    const escalated = await visitor.go(list)
    expect(escalated.text).toMatch(/Voir d’autres demandes restées sans réponse/)
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
