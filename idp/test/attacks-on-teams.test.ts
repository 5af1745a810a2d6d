import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { transact } from '@myanm/database'
import {
  arrange,
  type Page,
  query,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  typeCredentials,
  type Visitor,
  withDatabase,
} from '@myanm/testing'
import { endDueRoles } from '#memberships'
import { askToTakeOver, declareVacant } from '#transfers'
import { ownTeams, type Teams } from './stage/own-team.ts'
import { joinsTeam, signsIn, staffSignsIn } from './stage/team.ts'
import { until } from './stage/until.ts'
import { onTheWire } from './stage/wire.ts'

// What somebody would try who wants a right they must not have, to keep one that was taken from them, or to
// learn of others what is not theirs (specification 4.2.4, 6.2, 6.3, 7.5, M53; ahead 4 to 6). Each test has
// a team of its own.

let database: TestDatabase
let myanm: TestIdp
let team: Teams['team']
let rolesIn: Teams['rolesIn']
let membershipOf: Teams['membershipOf']
let invited: Teams['invited']
let isRemoved: Teams['isRemoved']

beforeAll(async () => {
  database = await withDatabase()
  myanm = await startTestIdp({ database })
  ;({ team, rolesIn, membershipOf, invited, isRemoved } = ownTeams(database, myanm.accounts))
}, 60_000)

afterAll(async () => {
  await myanm.stop()
  await database.drop()
})

const idOf = (key: string): string => myanm.accounts.get(key) ?? ''
const at = (path: string): URL => new URL(path, myanm.issuer)
const comes = (login: string): Promise<Visitor> => signsIn(myanm.issuer, login)

/** Sends the form of a page once more, whatever has happened since it was shown. */
function again(visitor: Visitor, page: Page, form: string): Promise<Page> {
  visitor.page = page
  return visitor.submit({ form })
}

async function handsOver(organisation: string, from: Visitor, to: string): Promise<Visitor> {
  await from.go(at(`/organismes/${organisation}/gestionnaire/transferer`))
  await from.submit({ form: 'form[action$="/transferer"]', fields: { personne: idOf(to) } })
  const target = await comes(to)
  await target.go(at(`/organismes/${organisation}/gestionnaire/accepter`))
  return target
}

const ACCEPT = 'form[action$="/accepter"]'

describe('a page that was left open', () => {
  const becomes = async (visitor: Visitor, login: string) => {
    const parameters = { prompt: 'login', scope: 'openid' }
    await visitor.go(onTheWire(myanm.issuer).request('guide-social', parameters).url)
    await typeCredentials(visitor, login)
  }

  test('does nothing for who has signed in since in the same browser', async () => {
    const here = await team({
      gestionnaire: 'GESTIONNAIRE',
      responsable: 'RESPONSABLE',
      lecteur: 'LECTEUR',
    })
    const before = await rolesIn(here)
    const visitor = await comes('responsable')
    const leaves = await visitor.go(at(`/organismes/${here}/quitter`))
    const invites = await visitor.go(at(`/organismes/${here}/equipe/inviter`))
    await becomes(visitor, 'lecteur')
    for (const [page, form] of [
      [leaves, 'form[action$="/quitter"]'],
      [invites, 'main form.card'],
    ] as const) {
      const refused = await again(visitor, page, form)
      expect([refused.status, refused.text]).toEqual([
        409,
        expect.stringContaining('Quelqu’un d’autre s’est connecté depuis'),
      ])
    }
    expect(await rolesIn(here)).toEqual(before)
    // The page is one press away, and then it is theirs.
    await again(visitor, leaves, 'form[action$="/quitter"]')
    await visitor.follow('Ouvrir la page à nouveau')
    expect((await visitor.submit({ form: 'form[action$="/quitter"]' })).status).toBe(200)
    expect(await rolesIn(here)).toEqual({
      gestionnaire: 'GESTIONNAIRE',
      responsable: 'RESPONSABLE',
    })
    // Whoever it was shown to comes back, and need not fill it in again.
    await becomes(visitor, 'responsable')
    expect((await again(visitor, leaves, 'form[action$="/quitter"]')).status).toBe(200)
    expect(await rolesIn(here)).toEqual({ gestionnaire: 'GESTIONNAIRE' })
  })

  test.each([
    [
      'signed out',
      async (visitor: Visitor) => {
        await visitor.go(at('/logout'))
        await visitor.submit({ button: { name: 'logout', value: 'yes' } })
        expect((await visitor.go(at('/compte'))).url.pathname).toMatch(/^\/connexion/)
      },
    ],
    [
      'suspended',
      async () => {
        await query(database, "update account set state = 'suspended' where id = $1", [
          idOf('independant'),
        ])
      },
    ],
  ])('on the way into a site accepts nothing for who is %s meanwhile', async (_, goesAway) => {
    const here = await team({ gestionnaire: 'GESTIONNAIRE' })
    await invited(here, { by: 'gestionnaire', who: 'independant' })
    const visitor = await comes('independant')
    const { url } = onTheWire(myanm.issuer).request('guide-social', { minimum_role: 'LECTEUR' })
    const open = await visitor.go(url)
    expect(open.text).toContain('vous invite')
    await goesAway(visitor)
    try {
      await again(visitor, open, 'form[action$="/invitation"]')
      expect(await rolesIn(here)).toEqual({ gestionnaire: 'GESTIONNAIRE' })
    } finally {
      await query(database, "update account set state = 'active' where id = $1", [
        idOf('independant'),
      ])
      await query(database, 'delete from invitation where organisation_id = $1', [here])
    }
  })

  test('takes back the proposal it showed, not one that was made since', async () => {
    const here = await team({
      gestionnaire: 'GESTIONNAIRE',
      responsable: 'RESPONSABLE',
      collegue: 'RESPONSABLE',
    })
    const manager = await comes('gestionnaire')
    const target = await handsOver(here, manager, 'responsable')
    const open = await manager.go(at(`/organismes/${here}/gestionnaire`))
    await target.submit({ form: 'form[action$="/refuser"]' })
    await handsOver(here, manager, 'collegue')
    expect((await again(manager, open, 'form[action$="/annuler"]')).status).toBe(409)
    const states = () =>
      query<{ state: string }>(
        database,
        'select state from manager_transfer where organisation_id = $1 order by id',
        [here],
      )
    expect(await states()).toEqual([{ state: 'refused' }, { state: 'proposed' }])
    await manager.go(at(`/organismes/${here}/gestionnaire`))
    await manager.submit({ form: 'form[action$="/annuler"]' })
    expect(await states()).toEqual([{ state: 'refused' }, { state: 'cancelled' }])
  })
})

describe('what brought somebody in, or up, does it once', () => {
  test('the link of an invitation and its page, after who came by it was removed', async () => {
    const here = await team({ gestionnaire: 'GESTIONNAIRE' })
    const manager = await comes('gestionnaire')
    await manager.go(at(`/organismes/${here}/equipe/inviter`))
    await manager.submit({
      form: 'main form.card',
      fields: { email: 'independant@exemple.be', role: 'RESPONSABLE', site: '', message: '' },
    })
    const links = () =>
      myanm.letters.flatMap(({ to, text }) =>
        to === 'independant@exemple.be' ? (/https?:\/\/\S+\/invitation\/\S+/.exec(text) ?? []) : [],
      )
    await until(() => links().length > 0)
    const visitor = await comes('independant')
    const shown = await visitor.go(links().at(-1) ?? '')
    const [row] = await query<{ id: string }>(
      database,
      'select id from invitation where organisation_id = $1',
      [here],
    )
    const own = await visitor.go(at(`/compte/invitations/${row?.id}`))
    const press = 'form:has(button):not([action$="/decliner"])'
    await again(visitor, shown, 'form:has(input[name=avec])')
    expect(await rolesIn(here)).toMatchObject({ independant: 'RESPONSABLE' })
    await isRemoved(here, 'independant')
    await again(visitor, shown, 'form:has(input[name=avec])')
    await again(visitor, own, `main ${press}`)
    expect((await visitor.go(links().at(-1) ?? '')).status).toBe(410)
    expect(await rolesIn(here)).toEqual({ gestionnaire: 'GESTIONNAIRE' })
  })

  test('an answer to a request, after who was let in was removed', async () => {
    const here = await team({ gestionnaire: 'GESTIONNAIRE' })
    await query(
      database,
      'insert into join_request (organisation_id, asked_name, account_id) values ($1, $2, $3)',
      [here, 'A', idOf('candidat')],
    )
    const manager = await comes('gestionnaire')
    const open = await manager.go(at(`/organismes/${here}/equipe/demandes`))
    const answer = (visitor: Visitor) => {
      visitor.page = open
      return visitor.submit({
        form: 'form[action*="/demandes/"]',
        button: { name: 'decision', value: 'COLLABORATEUR' },
      })
    }
    await answer(manager)
    expect(await rolesIn(here)).toMatchObject({ candidat: 'COLLABORATEUR' })
    await isRemoved(here, 'candidat')
    await answer(manager)
    expect(await rolesIn(here)).toEqual({ gestionnaire: 'GESTIONNAIRE' })
  })

  test('an accepted hand-over, after it was undone', async () => {
    const here = await team({ gestionnaire: 'GESTIONNAIRE', responsable: 'RESPONSABLE' })
    const before = await rolesIn(here)
    const manager = await comes('gestionnaire')
    const target = await handsOver(here, manager, 'responsable')
    const open = target.page as Page
    await target.submit({ form: ACCEPT })
    await manager.go(at(`/organismes/${here}/gestionnaire/defaire`))
    await manager.submit({ form: 'form[action$="/defaire"]' })
    expect(await rolesIn(here)).toEqual(before)
    expect((await again(target, open, ACCEPT)).status).toBe(409)
    expect(await rolesIn(here)).toEqual(before)
  })

  test('the 72 hours of who led, after they were removed and let in again as less', async () => {
    const here = await team({ gestionnaire: 'GESTIONNAIRE', responsable: 'RESPONSABLE' })
    const former = await comes('gestionnaire')
    const leads = await handsOver(here, former, 'responsable')
    await leads.submit({ form: ACCEPT })
    const open = await former.go(at(`/organismes/${here}/gestionnaire/defaire`))
    expect(open.status).toBe(200)
    const base = `/organismes/${here}/equipe/membres/${await membershipOf(here, 'gestionnaire')}`
    await leads.go(at(`${base}/retirer`))
    await leads.submit({ form: 'form[action$="/retirer"]' })
    expect(await rolesIn(here)).toEqual({ responsable: 'GESTIONNAIRE' })
    await query(
      database,
      `insert into membership (organisation_id, account_id, role) values ($1, $2, 'LECTEUR')`,
      [here, idOf('gestionnaire')],
    )
    expect((await again(former, open, 'form[action$="/defaire"]')).status).toBe(409)
    expect((await former.go(at(`/organismes/${here}/gestionnaire/defaire`))).status).toBe(409)
    expect(await rolesIn(here)).toEqual({ responsable: 'GESTIONNAIRE', gestionnaire: 'LECTEUR' })
  })

  test('a wish to take over, after who had it has gone: two of the team let nobody in by it', async () => {
    const here = await team({ gestionnaire: 'GESTIONNAIRE', collegue: 'RESPONSABLE' })
    const staff = idOf('staff')
    const { services } = myanm.idp
    await transact(services.db, (tx) => declareVacant(tx, { organisation: here, staff }))
    const reason = 'Je suis la directrice depuis 2019'
    const now = new Date()
    await askToTakeOver(services, { organisation: here, by: idOf('collegue'), reason, now })
    await query(
      database,
      "update rescue set objections_until = now() - interval '1 second' where organisation_id = $1",
      [here],
    )
    const first = await staffSignsIn(database, myanm.issuer)
    const second = await joinsTeam(
      { database, issuer: myanm.issuer },
      { login: 'conseiller', account: idOf('conseiller') },
    )
    await first.go(at(`/equipe-anm/organismes/${here}/confier`))
    await first.submit({ form: 'main form[method=post]', fields: { raison: reason } })
    const applicant = await comes('collegue')
    await applicant.go(at(`/organismes/${here}/quitter`))
    await applicant.submit({ form: 'form[action$="/quitter"]' })
    expect(await rolesIn(here)).toEqual({ gestionnaire: 'RESPONSABLE' })
    const [measure] = await query<{ id: string }>(
      database,
      "select id from organisation_measure where organisation_id = $1 and state = 'proposed'",
      [here],
    )
    await second.go(at(`/equipe-anm/mesures/${measure?.id}`))
    const decided = await second.submit({
      form: 'main form[method=post]',
      button: { name: 'decision', value: 'accepter' },
    })
    expect(decided.status).toBe(409)
    expect(await rolesIn(here)).toEqual({ gestionnaire: 'RESPONSABLE' })
  })
})

describe('a role whose last day is over', () => {
  const isOver = (organisation: string, key: string) =>
    arrange(
      database,
      `update membership set ends_on = (now() at time zone 'Europe/Brussels')::date - 1
        where organisation_id = $1 and account_id = $2`,
      [organisation, idOf(key)],
    )

  test('opens nothing from then on, whenever somebody gets round to ending it', async () => {
    const here = await team({ gestionnaire: 'GESTIONNAIRE', academie: 'RESPONSABLE' })
    const wire = onTheWire(myanm.issuer)
    const visitor = await comes('academie')
    const { access } = await wire.tokensOf(visitor, 'guide-social', { organisation: here })
    const open = await visitor.go(at(`/organismes/${here}/equipe/inviter`))
    expect((await wire.introspect(access))['active']).toBe(true)
    await isOver(here, 'academie')
    expect(await wire.introspect(access)).toEqual({ active: false })
    expect((await wire.userinfo(access)).body['org']).toBeUndefined()
    const headers = { authorization: `Bearer ${access}`, accept: 'application/json' }
    expect((await fetch(at('/api/equipe'), { headers })).status).toBe(403)
    visitor.page = open
    const fields = { email: 'ami@ailleurs.be', role: 'LECTEUR', site: '', message: '' }
    expect((await visitor.submit({ form: 'main form.card', fields })).status).toBe(404)
    expect(
      await query(database, 'select id from invitation where organisation_id = $1', [here]),
    ).toEqual([])
  })

  test('is ended for all in one go, however many end on one day', async () => {
    const many = 230
    await query(
      database,
      `with here as (
          insert into organisation (kind, bce, name, nonprofit)
            select 'organisme', n || lpad((97 - n::int % 97)::text, 2, '0'), 'Fin ' || n, true
              from (select lpad((8000000 + i)::text, 8, '0') as n from generate_series(1, $1) i) numbers
            returning id
        )
        insert into membership (organisation_id, account_id, role, ends_on)
          select id, $2::uuid, 'GESTIONNAIRE'::organisation_role, null::date from here
          union all select id, $3::uuid, 'LECTEUR', '2026-01-01' from here`,
      [many, idOf('academie'), idOf('collaborateur')],
    )
    await endDueRoles(myanm.idp.services, new Date())
    expect(
      await query(
        database,
        "select id from membership where ends_on = '2026-01-01' and state = 'active'",
      ),
    ).toEqual([])
  })
})
