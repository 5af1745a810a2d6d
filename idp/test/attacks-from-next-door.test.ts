import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  query,
  signInAs,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  type Visitor,
  withDatabase,
} from '@myanm/testing'
import { ownTeams, type Teams } from './stage/own-team.ts'
import { signsIn } from './stage/team.ts'

// Attacks of who is inside: of another organisation, a rung too low, or a site that is no site of the house
// (specification 5.3, 6.2, M53, X2). Each test has teams of its own.

let database: TestDatabase
let myanm: TestIdp
let teams: Teams

beforeAll(async () => {
  database = await withDatabase()
  myanm = await startTestIdp({ database })
  teams = ownTeams(database, myanm.accounts)
}, 60_000)

afterAll(async () => {
  await myanm.stop()
  await database.drop()
})

const idOf = (key: string): string => myanm.accounts.get(key) ?? ''
const at = (path: string): URL => new URL(path, myanm.issuer)
const comes = (login: string): Promise<Visitor> => signsIn(myanm.issuer, login)

/** Sends a form by hand, as its own page would. */
async function posts(visitor: Visitor, path: string, fields: Readonly<Record<string, string>>) {
  const page = await visitor.go(at('/compte/identite'))
  const jeton = String(page.$('input[name=jeton]').first().attr('value'))
  return visitor.post(at(path), { jeton, ...fields }, { origin: myanm.issuer.origin })
}

describe('below the address of one’s own organisation', () => {
  test('the numbers of another do nothing, and tell nothing of it', async () => {
    const own = await teams.team({ voisin: 'GESTIONNAIRE', multi: 'RESPONSABLE' })
    const other = await teams.team({
      gestionnaire: 'GESTIONNAIRE',
      responsable: 'RESPONSABLE',
      lecteur: 'LECTEUR',
      // Who leads here is of the other one too: not even that helps.
      voisin: 'RESPONSABLE',
    })
    const member = await teams.membershipOf(other, 'lecteur')
    const invitation = await teams.invited(other, { by: 'gestionnaire', who: 'independant' })
    const request = await teams.asks(other, 'candidat')
    const [transfer] = await query<{ id: string }>(
      database,
      `insert into manager_transfer (organisation_id, from_membership, to_membership)
        values ($1, $2, $3) returning id`,
      [
        other,
        await teams.membershipOf(other, 'gestionnaire'),
        await teams.membershipOf(other, 'voisin'),
      ],
    )
    const proposition = String(transfer?.id)
    const before = [await teams.everythingOf(own), await teams.everythingOf(other)]
    const visitor = await comes('voisin')
    const seen = { vu: 'LECTEUR' }
    const attempts: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
      [`/equipe/membres/${member}/role`, { role: 'RESPONSABLE', jusqu_au: '', ...seen }],
      [`/equipe/membres/${member}/retirer`, seen],
      ['/equipe/revue', { membre: member, decision: 'removed', ...seen }],
      [`/equipe/inviter/${invitation}/renvoyer`, {}],
      [`/equipe/inviter/${invitation}/adresse`, { email: 'mien@ailleurs.be' }],
      [`/equipe/inviter/${invitation}/annuler`, {}],
      [`/equipe/demandes/${request}`, { decision: 'COLLABORATEUR' }],
      [`/equipe/demandes/${request}`, { decision: 'refuser' }],
      ['/gestionnaire/transferer', { personne: idOf('responsable') }],
      ['/gestionnaire/annuler', { proposition }],
      ['/gestionnaire/refuser', { proposition }],
      ['/gestionnaire/accepter', { proposition }],
      ['/gestionnaire/defaire', { proposition }],
    ]
    for (const [path, fields] of attempts) {
      const page = await posts(visitor, `/organismes/${own}${path}`, fields)
      expect([path, page.status < 500]).toEqual([path, true])
      expect([path, page.text]).toEqual([
        path,
        expect.not.stringMatching(/Lecteur Dupont|Independant|Candidat/),
      ])
    }
    for (const path of [`/equipe/membres/${member}`, `/equipe/inviter/${invitation}`]) {
      expect((await visitor.go(at(`/organismes/${own}${path}`))).status).toBe(404)
    }
    for (const query of [`personne=${member}`, 'q=lecteur@exemple.be']) {
      const page = await visitor.go(at(`/organismes/${own}/journal?${query}`))
      expect(page.text).not.toMatch(/Lecteur Dupont/)
    }
    expect([await teams.everythingOf(own), await teams.everythingOf(other)]).toEqual(before)
  })
})

describe('a rung too low', () => {
  test('a RESPONSABLE turns no invitation of the GESTIONNAIRE to a friend, nor sends it again', async () => {
    const here = await teams.team({ gestionnaire: 'GESTIONNAIRE', responsable: 'RESPONSABLE' })
    for (const role of ['RESPONSABLE', 'LECTEUR'] as const) {
      const who = role === 'LECTEUR' ? 'independant' : 'particulier'
      const invitation = await teams.invited(here, { by: 'gestionnaire', who, role })
      const before = await teams.everythingOf(here)
      const visitor = await comes('responsable')
      const path = `/organismes/${here}/equipe/inviter/${invitation}`
      const turned = await posts(visitor, `${path}/adresse`, { email: 'ami@ailleurs.be' })
      expect([role, turned.status]).toEqual([role, 403])
      if (role === 'RESPONSABLE') {
        expect((await posts(visitor, `${path}/renvoyer`, {})).status).toBe(403)
      }
      expect(await teams.everythingOf(here)).toEqual(before)
    }
  })

  test('a yes to who asks for more never gives less: nobody is lowered without what lowering takes', async () => {
    const here = await teams.team({ gestionnaire: 'GESTIONNAIRE', collaborateur: 'COLLABORATEUR' })
    await posts(await comes('collaborateur'), `/organismes/${here}/role`, { role: 'RESPONSABLE' })
    const [request] = await query<{ id: string }>(
      database,
      "select id from join_request where organisation_id = $1 and kind = 'raise'",
      [here],
    )
    const manager = await comes('gestionnaire')
    const path = `/organismes/${here}/equipe/demandes/${request?.id}`
    for (const decision of ['LECTEUR', 'COLLABORATEUR', 'GESTIONNAIRE']) {
      await posts(manager, path, { decision })
      expect(await teams.rolesIn(here)).toMatchObject({ collaborateur: 'COLLABORATEUR' })
    }
    await posts(manager, path, { decision: 'RESPONSABLE' })
    expect(await teams.rolesIn(here)).toMatchObject({ collaborateur: 'RESPONSABLE' })
  })

  test('an invitation lets in until its sender may no longer give it, and not a moment after', async () => {
    const here = await teams.team({ gestionnaire: 'GESTIONNAIRE', responsable: 'RESPONSABLE' })
    const [manager, guest] = [await comes('gestionnaire'), await comes('independant')]
    const member = await teams.membershipOf(here, 'responsable')
    for (let round = 0; round < 6; round += 1) {
      const invitation = await teams.invited(here, { by: 'responsable', who: 'independant' })
      const open = await guest.go(at(`/compte/invitations/${invitation}`))
      const jeton = String(open.$('input[name=jeton]').first().attr('value'))
      await manager.go(at(`/organismes/${here}/equipe/membres/${member}/role?role=LECTEUR`))
      await Promise.all([
        manager.submit({ form: 'main form[action$="/role"]' }),
        guest.post(open.url, { jeton }, { origin: myanm.issuer.origin }),
      ])
      const lines = await query<{ event: string }>(
        database,
        `select event from journal where organisation_id = $1
          and event in ('role-changed', 'invitation-accepted') order by id`,
        [here],
      )
      const isIn = (await teams.rolesIn(here))['independant'] !== undefined
      const accepted = ['invitation-accepted', 'role-changed']
      expect(lines.map(({ event }) => event)).toEqual(isIn ? accepted : ['role-changed'])
      await teams.startAgain(here, { leave: 'independant', raise: 'responsable' })
    }
  })
})

describe('a site that is no site of the house', () => {
  test('is told who somebody is, with their consent, and nothing of their colleagues', async () => {
    const here = await teams.team({ gestionnaire: 'GESTIONNAIRE', lecteur: 'LECTEUR' })
    const parameters = { organisation: here }
    const asked = async (client: string) => {
      const { tokens } = await signInAs(myanm.issuer, 'lecteur', { client, parameters })
      const headers = { authorization: `Bearer ${tokens.access_token}`, accept: 'application/json' }
      const response = await fetch(at('/api/equipe'), { headers })
      return { status: response.status, text: await response.text() }
    }
    expect(await asked('guide-social')).toEqual({
      status: 200,
      text: expect.stringContaining('gestionnaire@exemple.be'),
    })
    const refused = await asked('partner')
    expect(refused.status).toBe(403)
    expect(refused.text).not.toMatch(/exemple\.be|Dupont/)
  })
})
