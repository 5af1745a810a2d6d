import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import {
  arrange,
  newVisitor,
  PASSWORD,
  type Page,
  query,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  typeCredentials,
  type Visitor,
  withDatabase,
} from '@myanm/testing'
import { signsIn } from './stage/team.ts'
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

const TEAM = ['gestionnaire', 'responsable', 'collaborateur', 'lecteur'] as const
const idOf = (key: string): string => myanm.accounts.get(key) ?? ''
const organisation = (key = 'tilleuls'): string => myanm.organisations.get(key) ?? ''
const at = (path: string): URL => new URL(path, myanm.issuer)
const inTilleuls = (path = ''): URL => at(`/organismes/${organisation()}${path}`)
const comesIn = (login: string) => signsIn(myanm.issuer, login)

const membershipOf = async (key: string, of = 'tilleuls') => {
  const [row] = await query<{ id: string; role: string; state: string; ends_on: string | null }>(
    database,
    `select id, role, state, to_char(ends_on, 'YYYY-MM-DD') as ends_on from membership
      where account_id = $1 and organisation_id = $2 order by since desc limit 1`,
    [idOf(key), organisation(of)],
  )
  if (!row) throw new Error(`${key} never was of ${of}`)
  return row
}

const memberPage = async (key: string, rest = '', of = 'tilleuls'): Promise<URL> =>
  at(`/organismes/${organisation(of)}/equipe/membres/${(await membershipOf(key, of)).id}${rest}`)

const lettersTo = (key: string) => myanm.letters.filter(({ to }) => to === `${key}@exemple.be`)

const journalOf = (key: string) =>
  query<{ event: string; actor_id: string | null; details: Record<string, string> }>(
    database,
    `select event, actor_id, details from journal
      where account_id = $1 and organisation_id = $2 order by id`,
    [idOf(key), organisation()],
  )

/** The members a page shows: their lines, as one reads them. */
const linesOf = (page: Page): string[] => {
  const { $ } = page
  $('.visually-hidden').remove()
  return $('main tbody tr')
    .toArray()
    .map((row) => $(row).text().replaceAll(/\s+/g, ' ').trim())
}

/** A form token of this visitor, for what is posted by hand. */
async function tokenOf(visitor: Visitor): Promise<string> {
  const page = await visitor.go(at('/compte/identite'))
  return String(page.$('main input[name=jeton]').attr('value'))
}

const posts = async (visitor: Visitor, url: URL, fields: Readonly<Record<string, string>>) =>
  visitor.post(url, { jeton: await tokenOf(visitor), ...fields }, { origin: myanm.issuer.origin })

/** Chooses another role on the page of a member, reads what it changes, confirms. */
async function gives(
  visitor: Visitor,
  key: string,
  fields: { readonly role: string; readonly jusqu_au?: string },
): Promise<Page> {
  await visitor.go(await memberPage(key))
  await visitor.submit({ form: 'main form[action$="/role"]', fields })
  return visitor.submit({ form: 'main form[method=post]' })
}

async function removes(visitor: Visitor, key: string): Promise<Page> {
  await visitor.go(await memberPage(key, '/retirer'))
  return visitor.submit({ form: 'main form[method=post]' })
}

/** Everybody's proof of who they are is more than ten minutes old. */
const growsOld = () =>
  query(
    database,
    `update oidc_artefact set payload = (payload::jsonb || jsonb_build_object('loginTs',
      (payload ->> 'loginTs')::int - 601))::json where kind = 'Session'`,
  )

describe('the team page', () => {
  test('shows exactly first name, name, e-mail and role, to everybody in it (M53)', async () => {
    // Of two organisations, and with a login of their own: neither is the colleagues’ to see.
    await arrange(database, `update account set login = 'un-autre-login' where id = $1`, [
      idOf('multi'),
    ])
    for (const key of TEAM) {
      const visitor = await comesIn(key)
      const page = await visitor.go(inTilleuls('/equipe'))
      const expected = [
        ['gestionnaire', 'Gestionnaire'],
        ['responsable', 'Responsable'],
        ['collaborateur', 'Collaborateur'],
        ['collegue', 'Collaborateur'],
        ['multi', 'Collaborateur'],
        ['lecteur', 'Lecteur'],
      ] as const
      const shown = linesOf(page).map((line) =>
        line
          .replace(/ ?(Modifier|Transférer mon rôle|Quitter l’équipe)$/, '')
          .replace(' (vous)', ''),
      )
      expect(shown.map((line) => line.replaceAll(/\s+/g, ' '))).toEqual(
        expected.map(([who, role]) => {
          const name = `${who[0]?.toUpperCase()}${who.slice(1)} Dupont`
          return `${name} ${who}@exemple.be ${role}`
        }),
      )
      for (const secret of ['un-autre-login', 'Passage', ...myanm.accounts.values()]) {
        expect(page.html).not.toContain(secret)
      }
    }
  })

  test.each(['voisin', 'particulier', 'independant', 'academie'])(
    'is nowhere for who is not of the team: %s',
    async (key) => {
      const visitor = await comesIn(key)
      const nowhere = at(`/organismes/${crypto.randomUUID()}/equipe`)
      const words = (page: Page) => page.text.replaceAll(/[0-9A-Z]{4}-[0-9A-Z]{2}/g, '')
      const expected = await visitor.go(nowhere)
      expect(expected.status).toBe(404)
      for (const path of ['', '/equipe', '/quitter', '/equipe/membres/x']) {
        const page = await visitor.go(inTilleuls(path))
        expect([path, page.status, words(page)]).toEqual([path, 404, words(expected)])
      }
    },
  )

  test('asks a stranger who they are, and leads there', async () => {
    const visitor = newVisitor()
    const page = await visitor.go(inTilleuls('/equipe'))
    expect(page.url.pathname).toMatch(/^\/connexion\//)
    expect((await typeCredentials(visitor, 'lecteur')).url.pathname).toBe(
      inTilleuls('/equipe').pathname,
    )
  })

  test('is searched by any part of name or address, without accents', async () => {
    await query(
      database,
      `update account set given_name = 'Zoé', family_name = 'Lefèvre' where id = $1`,
      [idOf('collegue')],
    )
    const visitor = await comesIn('lecteur')
    for (const words of ['zoe', 'LEFEVRE', 'zoé lef', 'fev collegue@']) {
      const page = await visitor.go(inTilleuls(`/equipe?q=${encodeURIComponent(words)}`))
      expect(linesOf(page)).toEqual(['Zoé Lefèvre collegue@exemple.be Collaborateur'])
    }
    const none = await visitor.go(inTilleuls('/equipe?q=100%25_'))
    expect(none.text).toContain('Personne ne correspond à « 100%_ »')
  })
})

describe('another role (P23, M33)', () => {
  test('is told before, given, and told after: to whom it is about, in the journal, site by site', async () => {
    const visitor = await comesIn('gestionnaire')
    await visitor.go(await memberPage('collaborateur'))
    const asked = await visitor.submit({
      form: 'main form[action$="/role"]',
      fields: { role: 'LECTEUR' },
    })
    expect(asked.text).toContain('Collaborateur Dupont ne pourra plus')
    expect(asked.text).toContain('publier une offre d’emploi')
    expect((await membershipOf('collaborateur')).role).toBe('COLLABORATEUR')
    const done = await visitor.submit({ form: 'main form[method=post]' })
    expect(done.text).toMatch(/C’est fait\..*appliqué sur \d sites sur \d/)
    expect((await membershipOf('collaborateur')).role).toBe('LECTEUR')
    await until(() => lettersTo('collaborateur').length === 1)
    const [letter] = lettersTo('collaborateur')
    expect(letter?.subject).toBe('Votre rôle dans Les Tilleuls ASBL a changé')
    expect(letter?.text).toContain('est maintenant Lecteur (avant : Collaborateur)')
    expect((await journalOf('collaborateur')).at(-1)).toMatchObject({
      event: 'role-changed',
      actor_id: idOf('gestionnaire'),
      details: { from: 'COLLABORATEUR', to: 'LECTEUR' },
    })
  })

  test('is the GESTIONNAIRE’s to give, nobody else’s (D8), in their own organisation only', async () => {
    const target = await memberPage('collegue', '/role')
    const fields = { role: 'RESPONSABLE', jusqu_au: '', vu: 'COLLABORATEUR' }
    for (const key of ['responsable', 'collaborateur', 'lecteur', 'voisin', 'particulier']) {
      const visitor = await comesIn(key)
      const isOfTeam = key !== 'voisin' && key !== 'particulier'
      for (const path of ['', '/role?role=LECTEUR', '/retirer']) {
        const page = await visitor.go(await memberPage('collegue', path))
        expect([key, path, page.status]).toEqual([key, path, isOfTeam ? 403 : 404])
        if (isOfTeam) expect(page.text).toContain('Adressez-vous à son gestionnaire.')
      }
      const removal = await memberPage('collegue', '/retirer')
      for (const [url, sent] of [
        [target, fields],
        [removal, { vu: 'COLLABORATEUR' }],
      ] as const) {
        const page = await posts(visitor, url, sent)
        expect([key, url.pathname, page.status]).toEqual([key, url.pathname, isOfTeam ? 403 : 404])
      }
    }
    // A GESTIONNAIRE, through their own organisation, at a member of another one.
    const neighbour = await comesIn('voisin')
    const { id } = await membershipOf('collegue')
    const foreign = at(`/organismes/${organisation('passage')}/equipe/membres/${id}/role`)
    expect((await posts(neighbour, foreign, fields)).status).toBe(410)
    expect((await neighbour.go(foreign)).status).toBe(404)
    expect(await membershipOf('collegue')).toMatchObject({ role: 'COLLABORATEUR', state: 'active' })
  })

  test('is never GESTIONNAIRE, and nothing but a role (M43)', async () => {
    const visitor = await comesIn('gestionnaire')
    const target = await memberPage('responsable', '/role')
    for (const role of ['GESTIONNAIRE', 'gestionnaire', '', 'ADMIN', 'LECTEUR,RESPONSABLE']) {
      const page = await posts(visitor, target, { role, vu: 'RESPONSABLE' })
      expect([role, page.status]).toEqual([role, 422])
      expect(page.text).toContain('Choisissez un rôle.')
    }
    expect((await membershipOf('responsable')).role).toBe('RESPONSABLE')
  })

  test('is not their own either: who leads hands over (E16)', async () => {
    const visitor = await comesIn('gestionnaire')
    for (const path of ['', '/role?role=LECTEUR', '/retirer']) {
      const page = await visitor.go(await memberPage('gestionnaire', path))
      expect([path, page.status]).toEqual([path, 409])
      expect(page.text).toContain(
        "Vous êtes gestionnaire de Les Tilleuls ASBL. Transférez d'abord ce rôle à un responsable.",
      )
      expect(page.$('main a[href$="/gestionnaire"]').length).toBe(1)
    }
    const own = await memberPage('gestionnaire')
    const lowered = await posts(visitor, new URL(`${own}/role`), {
      role: 'LECTEUR',
      vu: 'GESTIONNAIRE',
    })
    const removed = await posts(visitor, new URL(`${own}/retirer`), { vu: 'GESTIONNAIRE' })
    expect([lowered.status, removed.status]).toEqual([409, 409])
    expect(await membershipOf('gestionnaire')).toMatchObject({ role: 'GESTIONNAIRE' })
  })

  test('the same again changes nothing and tells nobody', async () => {
    const visitor = await comesIn('gestionnaire')
    await visitor.go(await memberPage('collegue'))
    const page = await visitor.submit({ form: 'main form[action$="/role"]' })
    expect(page.text).toContain('Rien n’a changé')
    await posts(visitor, await memberPage('collegue', '/role'), {
      role: 'COLLABORATEUR',
      vu: 'COLLABORATEUR',
    })
    expect((await journalOf('collegue')).map(({ event }) => event)).not.toContain('role-changed')
    expect(lettersTo('collegue')).toEqual([])
  })

  test('keeps what was typed when the day is none', async () => {
    const visitor = await comesIn('gestionnaire')
    await visitor.go(await memberPage('collegue'))
    for (const [jusqu_au, words] of [
      ['2020-01-01', 'Le dernier jour ne peut pas être passé.'],
      ['31/02/2027', 'Indiquez une date qui existe'],
      ['3000-01-01', 'dans les dix ans'],
    ] as const) {
      const page = await visitor.submit({
        form: 'main form[action$="/role"]',
        fields: { role: 'LECTEUR', jusqu_au },
      })
      expect(page.status).toBe(422)
      expect(page.text).toContain(words)
      expect(page.$('input[name=jusqu_au]').attr('value')).toBe(jusqu_au)
      expect(page.$('input[name=role]:checked').attr('value')).toBe('LECTEUR')
    }
  })
})

describe('a role for a time (ahead 12)', () => {
  test('says its last day, to both, and ends the day after', async () => {
    const visitor = await comesIn('gestionnaire')
    await gives(visitor, 'lecteur', { role: 'COLLABORATEUR', jusqu_au: '2027-01-31' })
    expect(visitor.page?.text).toContain('Dernier jour dans l’équipe avec ce rôle : le 31/01/2027.')
    expect(await membershipOf('lecteur')).toMatchObject({
      role: 'COLLABORATEUR',
      ends_on: '2027-01-31',
    })
    await until(() => lettersTo('lecteur').length === 1)
    expect(lettersTo('lecteur')[0]?.text).toContain('le 31/01/2027')
    const overview = await visitor.go(inTilleuls())
    expect(overview.text).not.toContain('Rôles qui se terminent bientôt')

    await arrange(
      database,
      `update membership set ends_on = (now() at time zone 'Europe/Brussels')::date where id = $1`,
      [(await membershipOf('lecteur')).id],
    )
    expect((await visitor.go(inTilleuls())).text).toContain('Rôles qui se terminent bientôt')
    await endDue()
    expect((await membershipOf('lecteur')).state).toBe('active')

    await arrange(
      database,
      `update membership set ends_on = (now() at time zone 'Europe/Brussels')::date - 1
        where id = $1`,
      [(await membershipOf('lecteur')).id],
    )
    await endDue()
    expect((await membershipOf('lecteur')).state).toBe('removed')
    const lines = await journalOf('lecteur')
    expect(lines.slice(-2).map(({ event, actor_id }) => [event, actor_id])).toEqual([
      ['role-ended', null],
      ['membership-removed', null],
    ])
    await until(() => lettersTo('lecteur').length === 2)
    expect(lettersTo('lecteur')[1]?.subject).toBe('Vous ne faites plus partie de Les Tilleuls ASBL')
    const page = await (await comesIn('lecteur')).go(inTilleuls())
    expect(page.status).toBe(404)
  })

  test('may be given for good after all', async () => {
    const visitor = await comesIn('gestionnaire')
    await gives(visitor, 'lecteur', { role: 'LECTEUR', jusqu_au: '2027-01-31' })
    const page = await gives(visitor, 'lecteur', { role: 'LECTEUR', jusqu_au: '' })
    expect(page.text).not.toContain('Dernier jour dans l’équipe')
    expect((await membershipOf('lecteur')).ends_on).toBeNull()
    const given = (await journalOf('lecteur')).filter(({ event }) => event === 'role-given-until')
    expect(given.map(({ details }) => details['until'])).toEqual(['2027-01-31', 'none'])
  })

  const endDue = async () => {
    await query(database, `select idp_jobs.add_job('end-due-roles', '{}'::json)`)
    await until(async () => {
      const left = await query(
        database,
        `select from idp_jobs._private_jobs j join idp_jobs._private_tasks t on t.id = j.task_id
          where t.identifier = 'end-due-roles'`,
      )
      return left.length === 0
    })
  }
})

describe('out of the team (P24)', () => {
  test('told before, done, told after; rights end at once', async () => {
    const leaver = await comesIn('collegue')
    const visitor = await comesIn('gestionnaire')
    const asked = await visitor.go(await memberPage('collegue', '/retirer'))
    expect(asked.text).toContain('Ses brouillons passent à l’organisme')
    expect(asked.text).toContain('Les annonces publiées restent en ligne')
    const done = await visitor.submit({ form: 'main form[method=post]' })
    expect(done.text).toMatch(/ne fait plus partie de l’équipe.*appliqué sur \d sites sur \d/)
    expect((await membershipOf('collegue')).state).toBe('removed')
    const gone = await leaver.go(inTilleuls('/equipe'))
    expect(gone.status).toBe(404)
    expect(gone.text).toContain(
      'Vous ne faites plus partie de Les Tilleuls ASBL. Vos droits ont été mis à jour.',
    )
    await until(() => lettersTo('collegue').length === 1)
    expect(lettersTo('collegue')[0]?.subject).toBe(
      'Vous ne faites plus partie de Les Tilleuls ASBL',
    )
    expect((await journalOf('collegue')).at(-1)).toMatchObject({
      event: 'membership-removed',
      actor_id: idOf('gestionnaire'),
    })
    expect(linesOf(await visitor.go(inTilleuls('/equipe'))).join()).not.toContain('collegue@')
  })

  test('twice: the second time says so, and the page of who is long gone is gone', async () => {
    const visitor = await comesIn('gestionnaire')
    const page = await memberPage('collegue', '/retirer')
    await removes(visitor, 'collegue')
    expect((await posts(visitor, page, { vu: 'COLLABORATEUR' })).status).toBe(410)
    expect((await visitor.go(page)).status).toBe(410)
    await arrange(
      database,
      `update membership set until = now() - interval '25 hours' where id = $1`,
      [(await membershipOf('collegue')).id],
    )
    expect((await visitor.go(await memberPage('collegue'))).status).toBe(404)
  })

  test('the last RESPONSABLE: proved again who decides, and only then (4.3.5)', async () => {
    const visitor = await comesIn('gestionnaire')
    await growsOld()
    expect((await visitor.go(await memberPage('collegue', '/retirer'))).status).toBe(200)
    for (const path of ['/retirer', '/role?role=LECTEUR']) {
      const page = await visitor.go(await memberPage('responsable', path))
      expect(page.url.pathname).toMatch(/^\/connexion\//)
    }
    for (const [path, fields] of [
      ['/retirer', { vu: 'RESPONSABLE' }],
      ['/role', { vu: 'RESPONSABLE', role: 'COLLABORATEUR' }],
    ] as const) {
      const page = await posts(visitor, await memberPage('responsable', path), fields)
      expect(page.url.pathname).toMatch(/^\/connexion\//)
    }
    expect(await membershipOf('responsable')).toMatchObject({
      role: 'RESPONSABLE',
      state: 'active',
    })
    await visitor.go(await memberPage('responsable', '/retirer'))
    const page = await visitor.submit({
      fields: { mot_de_passe: PASSWORD },
    })
    expect(page.url.pathname).toMatch(/\/retirer$/)
    expect(page.text).toContain('C’est le dernier responsable de l’équipe.')
    await visitor.submit({ form: 'main form[method=post]' })
    expect((await membershipOf('responsable')).state).toBe('removed')
  })
})

describe('leaving (P29)', () => {
  test.each(['responsable', 'collaborateur', 'lecteur'])('a %s may', async (key) => {
    const visitor = await comesIn(key)
    await visitor.go(at('/compte/organismes'))
    const asked = await visitor.follow('Quitter')
    expect(asked.text).toContain('Vous ne pourrez plus, au nom de l’organisme')
    const page = await visitor.submit({ form: 'main form[method=post]' })
    expect(page.url.pathname).toBe('/compte/organismes')
    expect(page.text).toContain('Vous ne faites plus partie de cet organisme.')
    expect(page.text).not.toContain('Les Tilleuls')
    expect((await membershipOf(key)).state).toBe('left')
    expect((await journalOf(key)).at(-1)).toMatchObject({
      event: 'membership-left',
      actor_id: idOf(key),
    })
    await until(() => lettersTo(key).length === 1)
  })

  test('the GESTIONNAIRE may not (E16)', async () => {
    const visitor = await comesIn('gestionnaire')
    const asked = await visitor.go(inTilleuls('/quitter'))
    const done = await posts(visitor, inTilleuls('/quitter'), {})
    expect([asked.status, done.status]).toEqual([409, 409])
    expect(done.text).toContain("Transférez d'abord ce rôle à un responsable.")
    expect((await membershipOf('gestionnaire')).state).toBe('active')
  })
})

describe('at once', () => {
  test('in two tabs: the second decision is about a role that is no longer there', async () => {
    const visitor = await comesIn('gestionnaire')
    const role = await memberPage('collegue', '/role')
    const fields = { role: 'RESPONSABLE', vu: 'COLLABORATEUR' }
    await gives(visitor, 'collegue', { role: 'LECTEUR' })
    const page = await posts(visitor, role, fields)
    expect(page.status).toBe(409)
    expect(page.text).toContain('a changé entre-temps')
    expect((await membershipOf('collegue')).role).toBe('LECTEUR')
  })

  test('who leads no longer, decides no longer: a page of their role (E14)', async () => {
    const visitor = await comesIn('gestionnaire')
    const role = await memberPage('collegue', '/role')
    const jeton = await tokenOf(visitor)
    const { db } = myanm.idp.services
    const { handOver, lockOrganisation } = await import('#organisations')
    let answer: Promise<Page> | undefined
    await db.transaction().execute(async (tx) => {
      await lockOrganisation(tx, organisation())
      // Past the door already, waiting for the lock.
      answer = visitor.post(
        role,
        { jeton, role: 'LECTEUR', vu: 'COLLABORATEUR' },
        { origin: myanm.issuer.origin },
      )
      await new Promise((resolve) => setTimeout(resolve, 300))
      await handOver(tx, {
        organisation: organisation(),
        to: idOf('responsable'),
        by: null,
        because: 'test',
      })
    })
    const page = await answer
    expect(page?.status).toBe(403)
    expect(page?.text).toContain('Votre rôle (Responsable) dans Les Tilleuls ASBL')
    expect((await membershipOf('collegue')).role).toBe('COLLABORATEUR')
  })

  test('role change, removal and leaving: one after the other, never a bug', async () => {
    const tabs = await Promise.all(['gestionnaire', 'gestionnaire', 'collegue'].map(comesIn))
    const [first, second, leaver] = tabs as [Visitor, Visitor, Visitor]
    const tokens = await Promise.all(tabs.map(tokenOf))
    const { id } = await membershipOf('collegue')
    const base = `/organismes/${organisation()}`
    for (let round = 0; round < 8; round += 1) {
      await arrange(
        database,
        `update membership set state = 'active', until = null, role = 'COLLABORATEUR' where id = $1`,
        [id],
      )
      const { origin } = myanm.issuer
      const answers = await Promise.all([
        first.post(
          at(`${base}/equipe/membres/${id}/role`),
          { jeton: tokens[0] ?? '', role: 'LECTEUR', vu: 'COLLABORATEUR' },
          { origin },
        ),
        second.post(
          at(`${base}/equipe/membres/${id}/retirer`),
          { jeton: tokens[1] ?? '', vu: 'COLLABORATEUR' },
          { origin },
        ),
        leaver.post(at(`${base}/quitter`), { jeton: tokens[2] ?? '' }, { origin }),
      ])
      for (const { status } of answers) expect([200, 404, 409, 410]).toContain(status)
      const { state } = await membershipOf('collegue')
      expect(['removed', 'left']).toContain(state)
      const [ends] = await query<{ count: number }>(
        database,
        `select count(*)::int from journal where account_id = $1
          and event in ('membership-removed', 'membership-left')`,
        [idOf('collegue')],
      )
      expect(ends?.count).toBe(round + 1)
    }
  })
})

describe('what somebody leaves behind', () => {
  test('is told before they are removed, and done with after', async () => {
    await query(
      database,
      `insert into invitation (organisation_id, email, role, invited_by)
        values ($1, 'un@exemple.be', 'LECTEUR', $2), ($1, 'deux@exemple.be', 'LECTEUR', $2)`,
      [organisation(), idOf('responsable')],
    )
    await query(
      database,
      `insert into manager_transfer (organisation_id, from_membership, to_membership)
        values ($1, $2, $3)`,
      [
        organisation(),
        (await membershipOf('gestionnaire')).id,
        (await membershipOf('responsable')).id,
      ],
    )
    const visitor = await comesIn('gestionnaire')
    const asked = await visitor.go(await memberPage('responsable', '/retirer'))
    expect(asked.text).toContain('2 invitations qu’elle a envoyées attendent encore une réponse')
    expect(asked.text).toContain('cette proposition est annulée')
    expect(asked.text).not.toContain('Sa demande d’un rôle plus élevé')
    const done = await visitor.submit({ form: 'main form[method=post]' })
    expect(done.text).toContain('2 invitations envoyées par cette personne attendent')
    const [transfer] = await query(database, 'select state from manager_transfer')
    expect(transfer).toEqual({ state: 'cancelled' })
    const invitations = await query(database, `select from invitation where state = 'pending'`)
    expect(invitations).toHaveLength(2)
  })
})

describe('how far a change has come', () => {
  test('names the sites that are late, looks again by itself, and stops when told to', async () => {
    const visitor = await comesIn('gestionnaire')
    await gives(visitor, 'collegue', { role: 'LECTEUR' })
    await query(
      database,
      `update client set events_uri = 'http://127.0.0.1:9/evenements' where client_id = 'guide-social'`,
    )
    await query(
      database,
      `with latest as (
        update signal set spread_at = coalesce(spread_at, now())
          where account_id = $1 and organisation_id = $2 and position = (
            select max(position) from signal where account_id = $1 and organisation_id = $2)
          returning *),
      gone as (delete from signal_delivery where account_id = $1),
      earlier as (
        insert into signal (account_id, organisation_id, kind, rights_version, spread_at, at)
          select account_id, organisation_id, kind, 1, now(), now() - interval '12 minutes'
            from latest returning *)
      insert into signal_delivery
          (signal_id, client_id, account_id, position, rights_version, queued_at)
        select id, 'guide-social', account_id, position, 1, at from latest
        union all
        select id, 'guide-social', account_id, position, 1, at from earlier`,
      [idOf('collegue'), organisation()],
    )
    const page = await visitor.go(new URL(`${await memberPage('collegue')}?suivi=2`))
    // Since the oldest change that waits, and not since the last one.
    expect(page.text).toMatch(
      /appliqué sur \d sites? sur \d Guide Social : en retard depuis 12 min\./,
    )
    expect(page.text).toMatch(/avant chaque écriture/)
    expect(page.headers.get('refresh')).toBe(`3; url=${page.url.pathname}?suivi=3`)
    const stopped = await visitor.follow('Ne plus actualiser')
    expect(stopped.headers.get('refresh')).toBeNull()
    expect(stopped.text).toContain('Regarder à nouveau')
    for (const suivi of ['21', '0', '-1', 'x', '1e3', '%00']) {
      const other = await visitor.go(new URL(`${await memberPage('collegue')}?suivi=${suivi}`))
      expect([suivi, other.headers.get('refresh')]).toEqual([suivi, null])
    }
    // What it refuses is told as refused, and not as a silence of a week.
    await query(
      database,
      `update signal_delivery set state = 'refused', last_reason = 'access_denied',
        settled_at = now(), next_try_at = null where account_id = $1`,
      [idOf('collegue')],
    )
    const refused = await visitor.go(new URL(await memberPage('collegue')))
    expect(refused.text).toContain('Guide Social : annonce refusée par le site.')
    expect(refused.text).not.toMatch(/pendant une semaine|en retard/)
    await query(database, `update signal_delivery set state = 'given-up' where account_id = $1`, [
      idOf('collegue'),
    ])
    const over = await visitor.go(new URL(await memberPage('collegue')))
    expect(over.text).toContain('Guide Social : pas de réponse pendant une semaine.')
  })
})

test('no colleague is told of a change, a last day or a departure, but through the team page (M53)', async () => {
  const visitor = await comesIn('gestionnaire')
  await gives(visitor, 'collegue', { role: 'LECTEUR', jusqu_au: '2027-01-31' })
  const colleague = await comesIn('responsable')
  for (const path of ['', '/equipe']) {
    const page = await colleague.go(inTilleuls(path))
    expect(page.status).toBe(200)
    expect(page.text).not.toMatch(/31\/01\/2027|se terminent|appliqué/)
  }
})

test('a member asks for a higher role where they read what it opens; twice is once (E21)', async () => {
  const visitor = await comesIn('lecteur')
  for (let time = 0; time < 2; time += 1) {
    await visitor.go(inTilleuls())
    const page = await visitor.submit({
      form: 'main form:has(input[value=COLLABORATEUR])',
      fields: { role: 'COLLABORATEUR' },
    })
    expect([page.status, page.url.pathname.split('/')[2]]).toEqual([200, 'demandes'])
  }
  const requests = await query(database, 'select kind, wished_role, state from join_request')
  expect(requests).toEqual([{ kind: 'raise', wished_role: 'COLLABORATEUR', state: 'pending' }])
  for (const role of ['GESTIONNAIRE', '', 'LECTEUR']) {
    const page = await posts(visitor, inTilleuls('/role'), { role })
    expect([role, page.status]).toEqual([role, role === 'LECTEUR' ? 200 : 400])
  }
  expect(
    (await posts(await comesIn('voisin'), inTilleuls('/role'), { role: 'LECTEUR' })).status,
  ).toBe(404)
  expect((await membershipOf('lecteur')).role).toBe('LECTEUR')

  // Given without an answer to the request: there is nothing left to answer.
  await gives(await comesIn('gestionnaire'), 'lecteur', { role: 'COLLABORATEUR' })
  const [request] = await query(database, 'select state from join_request')
  expect(request).toEqual({ state: 'superseded' })
})
