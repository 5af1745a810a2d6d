import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import {
  newVisitor,
  query,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  typeCredentials,
  type Visitor,
  withDatabase,
} from '@myanm/testing'
import { watchTransfers } from '#transfers'
import { addsApplication } from './stage/second-factors.ts'
import { signsIn } from './stage/team.ts'
import { until } from './stage/until.ts'

// Specification M44 to M46, P27 to P29, 6.3; ahead 4. The GESTIONNAIRE of « Les Tilleuls » hands over.

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
const tilleuls = (): string => myanm.organisations.get('tilleuls') ?? ''
const at = (path: string): URL => new URL(path, myanm.issuer)
const page = (rest = '', organisation = tilleuls()): URL =>
  at(`/organismes/${organisation}/gestionnaire${rest}`)
const comes = (login: string): Promise<Visitor> => signsIn(myanm.issuer, login)

/** Who has which role there, by the keys of the scene. */
async function rolesOf(organisation = tilleuls()): Promise<Record<string, string>> {
  const rows = await query<{ login: string; role: string }>(
    database,
    `select login, role from membership join account on account.id = account_id
      where organisation_id = $1 and membership.state = 'active'`,
    [organisation],
  )
  return Object.fromEntries(rows.map(({ login, role }) => [login, role]))
}

const transfers = () =>
  query<{ state: string }>(database, 'select state from manager_transfer order by id')

async function proposes(visitor: Visitor, to = 'responsable') {
  await visitor.go(page('/transferer'))
  return visitor.submit({
    form: 'form[action$="/transferer"]',
    fields: { personne: idOf(to) },
  })
}

async function accepts(visitor: Visitor) {
  await visitor.go(page('/accepter'))
  return visitor.submit({ form: 'form[action$="/accepter"]' })
}

async function undoes(visitor: Visitor) {
  await visitor.go(page('/defaire'))
  return visitor.submit({ form: 'form[action$="/defaire"]' })
}

/** What the journal tells of the organisation, the oldest first. */
const events = async (): Promise<string[]> => {
  const rows = await query<{ event: string }>(
    database,
    'select event from journal where organisation_id = $1 order by id',
    [tilleuls()],
  )
  return rows.map(({ event }) => event)
}

const promote = (key: string) =>
  query(
    database,
    "update membership set role = 'RESPONSABLE' where account_id = $1 and organisation_id = $2",
    [idOf(key), tilleuls()],
  )

const signedInLongAgo = (key: string) =>
  query(
    database,
    `update oidc_artefact set payload = (payload::jsonb || jsonb_build_object('loginTs',
        (payload ->> 'loginTs')::int - 601))::json where kind = 'Session' and account_id = $1`,
    [idOf(key)],
  )

const subjectsTo = (key: string): string[] =>
  myanm.letters.filter(({ to }) => to === `${key}@exemple.be`).map(({ subject }) => subject)

describe('the GESTIONNAIRE', () => {
  test('is told what will happen, proposes to a RESPONSABLE, and both roles change when that person accepts', async () => {
    const manager = await comes('gestionnaire')
    const before = await manager.go(page('/transferer'))
    expect(before.text).toMatch(/vous devenez responsable, au même instant/)
    // RESPONSABLES only (M46).
    expect(before.$('input[name=personne]').toArray()).toHaveLength(1)
    const proposed = await proposes(manager)
    expect(proposed.url.pathname).toBe(page().pathname)
    expect(proposed.text).toMatch(/Rien ne change avant la réponse/)
    expect(await rolesOf()).toMatchObject({
      gestionnaire: 'GESTIONNAIRE',
      responsable: 'RESPONSABLE',
    })
    await until(() => subjectsTo('responsable').length === 1)
    expect(subjectsTo('responsable')).toEqual([
      'Gestionnaire Dupont vous propose de devenir gestionnaire de Les Tilleuls ASBL',
    ])

    await query(
      database,
      `update membership set ends_on = (now() at time zone 'Europe/Brussels')::date + 40
        where account_id = $1 and organisation_id = $2`,
      [idOf('responsable'), tilleuls()],
    )
    const target = await comes('responsable')
    const asked = await target.go(page())
    expect(asked.text).toMatch(/Gestionnaire Dupont vous propose de devenir gestionnaire/)
    const consequences = await target.go(page('/accepter'))
    expect(consequences.text).toMatch(/Gestionnaire Dupont devient responsable/)
    const accepted = await accepts(target)
    expect(accepted.text).toMatch(/Vous êtes maintenant gestionnaire/)
    expect(await rolesOf()).toMatchObject({
      gestionnaire: 'RESPONSABLE',
      responsable: 'GESTIONNAIRE',
    })
    expect(await transfers()).toEqual([{ state: 'accepted' }])
    await until(() => subjectsTo('gestionnaire').length === 2)
    expect(subjectsTo('gestionnaire')).toEqual([
      'Un changement de gestionnaire est proposé pour Les Tilleuls ASBL',
      'Changement de gestionnaire effectué',
    ])
    expect(await events()).toEqual(
      expect.arrayContaining(['transfer-proposed', 'role-changed', 'transfer-accepted']),
    )
    // Who leads leads for good: the last day there was is gone, and a line says so.
    const days = await query<{ account: string; until: string; by: string }>(
      database,
      `select account_id as account, details ->> 'until' as until, actor_id as by from journal
        where organisation_id = $1 and event = 'role-given-until'`,
      [tilleuls()],
    )
    expect(days).toEqual([
      { account: idOf('responsable'), until: 'none', by: idOf('gestionnaire') },
    ])
    const journal = await target.go(at(`/organismes/${tilleuls()}/journal`))
    expect(journal.text).toMatch(/Le rôle de Responsable Dupont n’a plus de date de fin/)
    // Rights have moved with the commit.
    expect((await manager.go(page('/transferer'))).status).toBe(403)
  })

  test('proposes to nobody but a RESPONSABLE, whatever the form says (E17)', async () => {
    const manager = await comes('gestionnaire')
    for (const [to, words] of [
      ['collaborateur', /ne peut être transféré qu'à un responsable/],
      ['voisin', /ne peut être transféré qu'à un responsable/],
      ['gestionnaire', /ne peut être transféré qu'à un responsable/],
    ] as const) {
      const refused = await proposes(manager, to)
      expect([to, refused.status]).toEqual([to, 409])
      expect(refused.text).toMatch(words)
    }
    const empty = await manager.go(page('/transferer'))
    expect(empty.status).toBe(200)
    // A colleague who cannot accept is listed like the others, and why they cannot is theirs alone (M53).
    await promote('collegue')
    await query(database, "update account set state = 'suspended' where id = $1", [
      idOf('collegue'),
    ])
    const listed = await manager.go(page('/transferer'))
    expect(listed.$('input[name=personne]').toArray()).toHaveLength(2)
    const unable = await proposes(manager, 'collegue')
    expect(unable.status).toBe(409)
    expect(unable.text).toMatch(/ne peut pas reprendre ce rôle pour le moment/)
    expect(unable.text).not.toMatch(/suspendu|supprim/)
    await manager.go(page('/transferer'))
    const missing = await manager.submit({ form: 'form[action$="/transferer"]' })
    expect(missing.status).toBe(422)
    expect(missing.text).toMatch(/Choisissez un responsable/)
    expect(await transfers()).toEqual([])
  })

  test('without a RESPONSABLE is led to the team, to raise somebody (E17)', async () => {
    await query(
      database,
      "update membership set role = 'LECTEUR' where account_id = $1 and organisation_id = $2",
      [idOf('responsable'), tilleuls()],
    )
    const manager = await comes('gestionnaire')
    const shown = await manager.go(page())
    expect(shown.text).toMatch(/ne peut être transféré qu'à un responsable de l'équipe/)
    expect(shown.$(`a[href="/organismes/${tilleuls()}/equipe"]`).text()).toMatch(
      /Choisir un membre/,
    )
    expect((await manager.go(page('/transferer'))).status).toBe(409)
  })

  test('has one proposal open at a time (E18), and takes it back', async () => {
    await promote('collegue')
    const manager = await comes('gestionnaire')
    await manager.go(page('/transferer'))
    const form = { fields: { personne: idOf('collegue') }, form: 'form[action$="/transferer"]' }
    const other = await comes('gestionnaire')
    await proposes(other)
    const second = await manager.submit(form)
    expect(second.status).toBe(409)
    expect(second.text).toMatch(/Un transfert est déjà en attente pour cet organisme/)

    await manager.go(page())
    const cancelled = await manager.submit({ form: 'form[action$="/annuler"]' })
    expect(cancelled.text).toMatch(/La proposition est annulée/)
    expect(await transfers()).toEqual([{ state: 'cancelled' }])
    await until(() => subjectsTo('responsable').includes('Changement de gestionnaire annulé'))
    // Nobody accepts what was taken back.
    expect((await (await comes('responsable')).go(page('/accepter'))).status).toBe(409)
    expect((await proposes(other, 'collegue')).status).toBe(200)
  })

  test('is led here wherever they want to leave (E16)', async () => {
    const manager = await comes('gestionnaire')
    const leaving = await manager.go(at('/compte/donnees/suppression'))
    expect(leaving.text).toMatch(
      /Vous êtes gestionnaire de Les Tilleuls ASBL\. Transférez d'abord ce rôle à un responsable\./,
    )
    expect(leaving.$(`main a[href="${page().pathname}"]`).toArray()).toHaveLength(1)
  })
})

describe('a stolen session', () => {
  test('alone hands nothing over: who they are is proven again, before the form and with it', async () => {
    const thief = await comes('gestionnaire')
    await thief.go(page('/transferer'))
    await signedInLongAgo('gestionnaire')
    const posted = await thief.submit({
      form: 'form[action$="/transferer"]',
      fields: { personne: idOf('responsable') },
    })
    expect(posted.url.pathname).toMatch(/^\/connexion\//)
    expect((await thief.go(page('/transferer'))).url.pathname).toMatch(/^\/connexion\//)
    expect(await transfers()).toEqual([])
  })

  test('with the password too fails, where a second factor is set up', async () => {
    const owner = await comes('gestionnaire')
    await addsApplication(owner, myanm.issuer)
    // Another browser, in which only the password was given.
    const thief = await comes('gestionnaire')
    const asked = await thief.go(page('/transferer'))
    expect(asked.text).not.toMatch(/À qui proposez-vous ce rôle/)
    expect(asked.url.pathname).toMatch(/^\/connexion\//)
  })

  test('of the target accepts nothing, nor undoes anything', async () => {
    await proposes(await comes('gestionnaire'))
    const thief = await comes('responsable')
    await thief.go(page('/accepter'))
    await signedInLongAgo('responsable')
    const posted = await thief.submit({ form: 'form[action$="/accepter"]' })
    expect(posted.url.pathname).toMatch(/^\/connexion\//)
    expect(await rolesOf()).toMatchObject({ gestionnaire: 'GESTIONNAIRE' })
    // The person themselves comes back to where they were.
    await typeCredentials(thief, 'responsable')
    expect((await accepts(thief)).status).toBe(200)
    await thief.go(page('/defaire'))
    await signedInLongAgo('responsable')
    await thief.submit({ form: 'form[action$="/defaire"]' })
    expect(await rolesOf()).toMatchObject({ responsable: 'GESTIONNAIRE' })
  })
})

describe('who may', () => {
  const PAGES = ['', '/transferer', '/accepter', '/defaire', '/reprendre', '/opposition']

  test('of another organisation, or of none, nobody learns that there is one', async () => {
    for (const who of ['voisin', 'particulier']) {
      const visitor = await comes(who)
      for (const rest of PAGES) {
        expect([who, rest, (await visitor.go(page(rest))).status]).toEqual([who, rest, 404])
      }
      const token = (await visitor.go(at('/compte/identite'))).$('input[name=jeton]').attr('value')
      for (const rest of [
        '/transferer',
        '/annuler',
        '/accepter',
        '/refuser',
        '/defaire',
        '/reprendre',
      ]) {
        const posted = await visitor.post(page(rest), {
          jeton: String(token),
          personne: idOf(who),
          proposition: tilleuls(),
          raison: 'Une raison bien assez longue',
        })
        expect([who, rest, posted.status]).toEqual([who, rest, 404])
      }
    }
    expect((await newVisitor().go(page())).url.pathname).toMatch(/^\/connexion\//)
  })

  test('everybody of the team sees who leads; the role decides on the rest', async () => {
    await proposes(await comes('gestionnaire'))
    const steps = {
      lecteur: { '/transferer': 403, '/accepter': 403, '/defaire': 409, '/reprendre': 403 },
      collaborateur: { '/transferer': 403, '/accepter': 403, '/defaire': 409, '/reprendre': 403 },
      responsable: { '/transferer': 403, '/accepter': 200, '/defaire': 409, '/reprendre': 409 },
      gestionnaire: { '/transferer': 409, '/accepter': 403, '/defaire': 409, '/reprendre': 403 },
    }
    for (const [who, answers] of Object.entries(steps)) {
      const visitor = await comes(who)
      const shown = await visitor.go(page())
      expect(shown.text).toContain('Gestionnaire Dupont')
      expect([who, /proposé|propose/.test(shown.text)]).toEqual([
        who,
        who === 'responsable' || who === 'gestionnaire',
      ])
      for (const [rest, status] of Object.entries(answers)) {
        expect([who, rest, (await visitor.go(page(rest))).status]).toEqual([who, rest, status])
      }
    }
  })

  test('a proposal is answered by whom it is addressed to, and by nobody else', async () => {
    await promote('collegue')
    await proposes(await comes('gestionnaire'))
    const [open] = await query<{ id: string }>(database, 'select id from manager_transfer')
    const other = await comes('collegue')
    const token = (await other.go(at('/compte/identite'))).$('input[name=jeton]').attr('value')
    for (const rest of ['/accepter', '/refuser']) {
      const posted = await other.post(page(rest), {
        jeton: String(token),
        proposition: String(open?.id),
      })
      expect([rest, posted.status]).toEqual([rest, 409])
    }
    expect(await transfers()).toEqual([{ state: 'proposed' }])
    const refused = await (async () => {
      const target = await comes('responsable')
      await target.go(page('/accepter'))
      return target.submit({ form: 'form[action$="/refuser"]' })
    })()
    expect(refused.text).toMatch(/Vous avez refusé/)
    await until(() => subjectsTo('gestionnaire').includes('Changement de gestionnaire refusé'))
    // Every step is told to all who answer for the organisation.
    expect(subjectsTo('collegue')).toEqual([
      'Un changement de gestionnaire est proposé pour Les Tilleuls ASBL',
      'Changement de gestionnaire refusé',
    ])
    expect(subjectsTo('lecteur')).toEqual([])
  })
})

describe('a proposal ends', () => {
  test('after seven days without an answer, and both are told (ML18)', async () => {
    await proposes(await comes('gestionnaire'))
    const target = await comes('responsable')
    await target.go(page('/accepter'))
    await query(database, "update manager_transfer set expires_at = now() - interval '1 second'")
    // Over, even before the clock has swept it.
    const late = await target.submit({ form: 'form[action$="/accepter"]' })
    expect(late.status).toBe(409)
    await watchTransfers({ db: myanm.idp.services.db })
    expect(await transfers()).toEqual([{ state: 'expired' }])
    for (const who of ['gestionnaire', 'responsable']) {
      await until(() => subjectsTo(who).includes('Changement de gestionnaire expiré'))
    }
    expect((await events()).at(-1)).toBe('transfer-expired')
  })

  test.each([
    ['loses the role', "update membership set role = 'COLLABORATEUR' where account_id = $1"],
    ['is removed', "update membership set state = 'removed', until = now() where account_id = $1"],
    ['leaves', "update membership set state = 'left', until = now() where account_id = $1"],
    ['is suspended', "update account set state = 'suspended' where id = $1"],
  ])('when the target %s (6.3), and both are told', async (_, change) => {
    await proposes(await comes('gestionnaire'))
    await query(database, change, [idOf('responsable')])
    expect(await transfers()).toEqual([{ state: 'cancelled' }])
    const { db } = myanm.idp.services
    await watchTransfers({ db })
    await watchTransfers({ db })
    await until(() => subjectsTo('gestionnaire').includes('Changement de gestionnaire annulé'))
    expect((await events()).filter((event) => event === 'transfer-cancelled')).toHaveLength(1)
    expect(subjectsTo('gestionnaire')).toHaveLength(2)
  })

  test('when who proposed it is suspended: nobody accepts from them', async () => {
    await proposes(await comes('gestionnaire'))
    await query(database, "update account set state = 'suspended' where id = $1", [
      idOf('gestionnaire'),
    ])
    expect(await transfers()).toEqual([{ state: 'cancelled' }])
    expect((await accepts(await comes('responsable')).catch(() => null))?.status ?? 409).toBe(409)
  })
})

describe('for 72 hours', () => {
  test.each(['gestionnaire', 'responsable'])('%s undoes it, and everybody is told', async (who) => {
    await proposes(await comes('gestionnaire'))
    await accepts(await comes('responsable'))
    const visitor = await comes(who)
    expect((await visitor.go(page())).text).toMatch(/peut encore être défait/)
    const before = await visitor.go(page('/defaire'))
    expect(before.text).toMatch(/Gestionnaire Dupont redevient gestionnaire/)
    expect((await undoes(visitor)).text).toMatch(/Le changement est défait/)
    expect(await rolesOf()).toMatchObject({
      gestionnaire: 'GESTIONNAIRE',
      responsable: 'RESPONSABLE',
    })
    expect(await transfers()).toEqual([{ state: 'undone' }])
    for (const one of ['gestionnaire', 'responsable']) {
      await until(() => subjectsTo(one).includes('Changement de gestionnaire défait'))
    }
    // Once.
    expect((await visitor.go(page('/defaire'))).status).toBe(409)
  })

  test('who led before is called by their name, whatever they are by now, and what waits is told', async () => {
    await query(
      database,
      `insert into join_request (organisation_id, asked_name, account_id) values ($1, 'T', $2)`,
      [tilleuls(), idOf('candidat')],
    )
    await proposes(await comes('gestionnaire'))
    const leads = await comes('responsable')
    const accepted = await accepts(leads)
    expect(accepted.text).toMatch(/1 demande, pour rejoindre l’équipe/)
    await until(() => subjectsTo('responsable').includes('Changement de gestionnaire effectué'))
    const letters = myanm.letters.filter(({ text }) => /Ce qui attend déjà/.test(text))
    expect(letters.map(({ to }) => to)).toEqual(['responsable@exemple.be'])
    expect(letters[0]?.text).toMatch(/1 demande, aucune invitation en attente/)
    const [former] = await query<{ id: string }>(
      database,
      'select id from membership where account_id = $1 and organisation_id = $2',
      [idOf('gestionnaire'), tilleuls()],
    )
    const base = `/organismes/${tilleuls()}/equipe/membres/${former?.id}`
    await leads.go(at(`${base}/role?role=LECTEUR`))
    await leads.submit({ form: 'main form[action$="/role"]' })
    expect(await rolesOf()).toMatchObject({ gestionnaire: 'LECTEUR' })
    const undoing = await leads.go(page('/defaire'))
    expect(undoing.text).toMatch(/Gestionnaire Dupont redevient gestionnaire/)
    expect(undoing.text).toMatch(/Responsable Dupont redevient responsable/)
  })

  test('and no longer; nor by anybody else, nor after another transfer', async () => {
    await promote('collegue')
    await proposes(await comes('gestionnaire'))
    const led = await comes('responsable')
    await accepts(led)
    expect((await (await comes('collegue')).go(page('/defaire'))).status).toBe(409)
    const former = await comes('gestionnaire')
    await former.go(page('/defaire'))
    await query(
      database,
      "update manager_transfer set undo_until = now() - interval '1 second' where state = 'accepted'",
    )
    expect((await former.submit({ form: 'form[action$="/defaire"]' })).status).toBe(409)
    await query(
      database,
      "update manager_transfer set undo_until = now() + interval '1 hour' where state = 'accepted'",
    )
    await proposes(led, 'collegue')
    await accepts(await comes('collegue'))
    expect((await former.go(page('/defaire'))).status).toBe(409)
    expect(await rolesOf()).toMatchObject({ collegue: 'GESTIONNAIRE' })
  })

  test('who led may leave, and then nothing is undone', async () => {
    await proposes(await comes('gestionnaire'))
    const leads = await comes('responsable')
    await accepts(leads)
    const former = await comes('gestionnaire')
    expect((await former.go(page())).text).toMatch(/Vous pouvez aussi quitter l’équipe/)
    await query(
      database,
      "update membership set state = 'left', until = now() where account_id = $1",
      [idOf('gestionnaire')],
    )
    expect((await leads.go(page('/defaire'))).status).toBe(409)
    expect((await former.go(page())).status).toBe(404)
  })
})
