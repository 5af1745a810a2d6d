import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { connect, transact } from '@myanm/database'
import {
  type Page,
  query,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  type Visitor,
  withDatabase,
} from '@myanm/testing'
import { decodeJwt } from 'jose'
import { refuseBecauseClosed } from '#join-requests'
import { changeMemberRole } from '#memberships'
import { closeOrganisation, mergeOrganisations } from '#organisations'
import { accept, propose } from '#transfers'
import type { Tables } from '../src/tables.ts'
import { arrive, codeIn, goodForm, lastLetterTo } from './stage/registering.ts'
import { joinsTeam, signsIn, staffSignsIn } from './stage/team.ts'
import { until } from './stage/until.ts'
import { onTheWire } from './stage/wire.ts'

// Ahead 5: « duplicates proposed for merging with preview and undo; merge then undo restores a
// byte-identical state of memberships ». « Le Passage » goes, « Les Tilleuls » stays.

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

const REASON = 'Même association, vérifié au Moniteur belge'
const idOf = (key: string): string => myanm.accounts.get(key) ?? ''
const org = (key: string): string => myanm.organisations.get(key) ?? ''
const at = (path: string): URL => new URL(path, myanm.issuer)
const pair = (rest = '', kept = 'tilleuls', gone = 'passage'): URL =>
  at(`/equipe-anm/doublons/${org(kept)}/${org(gone)}${rest}`)
const comes = (login: string): Promise<Visitor> => signsIn(myanm.issuer, login)
const staff = () => staffSignsIn(database, myanm.issuer)
const another = (login = 'particulier') =>
  joinsTeam({ database, issuer: myanm.issuer }, { login, account: idOf(login) })

async function fills(visitor: Visitor, url: URL, fields: Record<string, string>): Promise<Page> {
  await visitor.go(url)
  return visitor.submit({ form: 'main form[method=post]', fields })
}

async function opens(visitor: Visitor): Promise<Page> {
  const [open] = await query<{ id: string }>(
    database,
    "select id from organisation_measure where state = 'proposed'",
  )
  return visitor.go(at(`/equipe-anm/fusions/${open?.id}`))
}

const presses = (visitor: Visitor, decision: 'accepter' | 'refuser' | 'retirer' = 'accepter') =>
  visitor.submit({ form: 'main form[method=post]', button: { name: 'decision', value: decision } })

async function decides(visitor: Visitor, decision: 'accepter' | 'refuser' = 'accepter') {
  await opens(visitor)
  return presses(visitor, decision)
}

async function isMerged(first: Visitor, second: Visitor): Promise<void> {
  await fills(first, pair(), { raison: REASON })
  expect((await decides(second)).text).toMatch(/C’est fait/)
}

async function mergeId(): Promise<string> {
  const [row] = await query<{ id: string }>(
    database,
    'select id from organisation_merge order by id desc limit 1',
  )
  return row?.id ?? ''
}

async function isUndone(first: Visitor, second: Visitor): Promise<void> {
  const proposed = await fills(first, at(`/equipe-anm/fusions/${await mergeId()}/defaire`), {
    raison: 'Ce sont deux associations, nous nous étions trompés',
  })
  expect(proposed.text).toMatch(/Votre proposition est enregistrée/)
  expect((await decides(second)).text).toMatch(/C’est fait/)
}

/** Every membership there is, every column of it. */
const bytes = async (): Promise<string[]> =>
  (
    await query<{ row: string }>(
      database,
      'select to_jsonb(membership)::text as row from membership order by id',
    )
  ).map(({ row }) => row)

async function teamOf(key: string): Promise<Record<string, string>> {
  const rows = await query<{ login: string; role: string }>(
    database,
    `select login, role from membership join account on account.id = account_id
      where organisation_id = $1 and membership.state = 'active' order by login`,
    [org(key)],
  )
  return Object.fromEntries(rows.map(({ login, role }) => [login, role]))
}

async function stateOf(key: string): Promise<string | undefined> {
  const [row] = await query<{ state: string }>(
    database,
    'select state from organisation where id = $1',
    [org(key)],
  )
  return row?.state
}

const lettersTo = (key: string) => myanm.letters.filter(({ to }) => to === `${key}@exemple.be`)

const become = (login: string, role: string, key: string) =>
  query(
    database,
    `insert into membership (account_id, organisation_id, role, since, role_since)
      values ($1, $2, $3, '2024-05-06 07:08:09.123456+00', '2025-06-07 08:09:10.654321+00')`,
    [idOf(login), org(key), role],
  )

/** Gives somebody a last day, so many days from today. @returns it */
async function lastDay(login: string, key: string, days: number): Promise<string> {
  const [row] = await query<{ day: string }>(
    database,
    `update membership set ends_on = (now() at time zone 'Europe/Brussels')::date + $3::int
      where account_id = $1 and organisation_id = $2 and state = 'active'
      returning ends_on::text as day`,
    [idOf(login), org(key), days],
  )
  return row?.day ?? ''
}

/** What the journal says of last days: whose, which, why, and who decided it. */
async function daysIn(key: string): Promise<(string | null)[][]> {
  const rows = await query<{ login: string; day: string; because: string; by: string | null }>(
    database,
    `select a.login, details ->> 'until' as day, details ->> 'because' as because, b.login as by
      from journal join account a on a.id = account_id left join account b on b.id = actor_id
      where organisation_id = $1 and event = 'role-given-until' order by journal.id`,
    [org(key)],
  )
  return rows.map(({ login, day, because, by }) => [login, day, because, by])
}

describe('two organisations that are one', () => {
  test('are looked at, proposed by one of the team, merged by another, and two again as they were', async () => {
    await become('independant', 'LECTEUR', 'passage')
    // Of both: with the lower role where they stay, and with the same one.
    await become('lecteur', 'COLLABORATEUR', 'passage')
    await become('collaborateur', 'COLLABORATEUR', 'passage')
    // Somebody who joins for a time, and somebody whose time becomes longer.
    const [joins, shorter, longer] = [
      await lastDay('independant', 'passage', 90),
      await lastDay('collaborateur', 'tilleuls', 40),
      await lastDay('collaborateur', 'passage', 200),
    ]
    const before = await bytes()
    const [first, second] = [await staff(), await another('candidat')]

    const preview = await first.go(pair())
    expect(preview.text).toMatch(/2 personnes rejoignent l’équipe de Les Tilleuls ASBL/)
    expect(preview.text).toMatch(
      /Voisin Dupont, gestionnaire de Le Passage ASBL, devient responsable/,
    )
    expect(preview.text).toMatch(/Gestionnaire Dupont reste gestionnaire de Les Tilleuls ASBL/)
    expect(preview.text).toMatch(/Lecteur → Collaborateur/)
    expect(preview.text).toMatch(/Collaborateur → Responsable/)
    const proposed = await fills(first, pair(), { raison: REASON })
    expect(proposed.text).toMatch(/Votre proposition est enregistrée/)
    expect(await bytes()).toEqual(before)
    // Nobody decides on their own proposal, whatever the form says.
    await opens(first)
    const own = await first.submit({
      form: 'main form[method=post]',
      fields: { decision: 'accepter' },
    })
    expect([own.status, await stateOf('passage')]).toEqual([403, 'active'])
    expect((await opens(second)).text).toMatch(/2 personnes rejoignent/)
    expect((await presses(second)).text).toMatch(/C’est fait/)

    expect([await stateOf('tilleuls'), await stateOf('passage')]).toEqual(['active', 'closed'])
    expect(await teamOf('tilleuls')).toEqual({
      collaborateur: 'COLLABORATEUR',
      collegue: 'COLLABORATEUR',
      gestionnaire: 'GESTIONNAIRE',
      independant: 'LECTEUR',
      lecteur: 'COLLABORATEUR',
      multi: 'RESPONSABLE',
      responsable: 'RESPONSABLE',
      voisin: 'RESPONSABLE',
    })
    // No last day moves without a line that says so.
    expect(await daysIn('tilleuls')).toEqual([
      ['independant', joins, 'merged', 'candidat'],
      ['collaborateur', longer, 'merged', 'candidat'],
    ])
    // Told: what they were, what they are.
    await until(() => lettersTo('voisin').length > 0 && lettersTo('gestionnaire').length > 0)
    const [letter] = lettersTo('voisin')
    expect(letter?.subject).toBe(
      'Le Passage ASBL et Les Tilleuls ASBL ne font plus qu’un organisme',
    )
    expect(letter?.text).toMatch(/vous étiez gestionnaire de Le Passage ASBL/)
    expect(letter?.text).toMatch(/vous êtes responsable de Les Tilleuls ASBL/)
    expect(lettersTo('gestionnaire')[0]?.text).toMatch(/Votre rôle ne change pas/)

    const [undoing, deciding] = [first, second]
    const back = await undoing.go(at(`/equipe-anm/fusions/${await mergeId()}/defaire`))
    expect(back.text).toMatch(/2 personnes quittent l’équipe de Les Tilleuls ASBL/)
    expect(back.text).toMatch(/Voisin Dupont en est de nouveau gestionnaire/)
    await isUndone(undoing, deciding)
    expect([await stateOf('tilleuls'), await stateOf('passage')]).toEqual(['active', 'active'])
    // Byte for byte, since and until and who had decided it included.
    expect(await bytes()).toEqual(before)
    // Whoever came is gone, and with them their last day.
    expect((await daysIn('tilleuls')).slice(2)).toEqual([
      ['collaborateur', shorter, 'merge-undone', 'candidat'],
    ])
    await until(() => lettersTo('voisin').length > 1)
    expect(lettersTo('voisin')[1]?.text).toMatch(/vous êtes gestionnaire de Le Passage ASBL/)

    // The journal of both says so, and what somebody could do meanwhile is not forgotten with the row.
    const boss = await comes('gestionnaire')
    const journal = await boss.go(at(`/organismes/${org('tilleuls')}/journal`))
    expect(journal.text).toMatch(/Un autre organisme a été réuni avec celui-ci/)
    for (const day of [joins, longer, shorter]) {
      expect(journal.text).toContain(
        `a reçu une date de fin : ${day.split('-').reverse().join('/')}`,
      )
    }
    expect(journal.text).toMatch(/L’autre organisme réuni avec celui-ci est de nouveau/)
    const [was] = await query<{ role: string; until: Date | null }>(
      database,
      'select role, until from membership_ever where organisation_id = $1 and account_id = $2',
      [org('tilleuls'), idOf('voisin')],
    )
    expect([was?.role, was?.until instanceof Date]).toEqual(['RESPONSABLE', true])
    const neighbour = await comes('voisin')
    expect((await neighbour.go(at(`/organismes/${org('passage')}/journal`))).text).toMatch(
      /de nouveau un organisme à part/,
    )
  })

  test('leave as it is what somebody has decided since, and say so before', async () => {
    await become('independant', 'LECTEUR', 'passage')
    const [first, second] = [await staff(), await another('candidat')]
    await isMerged(first, second)
    const { db } = myanm.idp.services
    const [came] = await query<{ id: string }>(
      database,
      "select id from membership where organisation_id = $1 and account_id = $2 and state = 'active'",
      [org('tilleuls'), idOf('independant')],
    )
    await transact(db, (tx) =>
      changeMemberRole(tx, {
        ...{ organisation: org('tilleuls'), membership: came?.id ?? '', seen: 'LECTEUR' },
        by: { as: 'member', account: idOf('gestionnaire') },
        ...{ isProved: true, role: 'COLLABORATEUR', lastDay: null },
      }),
    )
    const preview = await first.go(at(`/equipe-anm/fusions/${await mergeId()}/defaire`))
    expect(preview.text).toMatch(/1 personne reste telle que quelqu’un l’a décidé depuis/)
    expect(preview.text).toMatch(/Independant Dupont/)
    await isUndone(first, second)
    expect(await teamOf('passage')).toEqual({
      independant: 'LECTEUR',
      multi: 'RESPONSABLE',
      voisin: 'GESTIONNAIRE',
    })
    expect(await teamOf('tilleuls')).toMatchObject({
      independant: 'COLLABORATEUR',
      multi: 'COLLABORATEUR',
    })
    expect(await teamOf('tilleuls')).not.toHaveProperty('voisin')
  })

  test('are not merged as the page did not show them: it is shown again', async () => {
    const [first, second] = [await staff(), await another('candidat')]
    await fills(first, pair(), { raison: REASON })
    await opens(second)
    await become('independant', 'LECTEUR', 'passage')
    const again = await presses(second)
    expect(again.status).toBe(409)
    expect(again.text).toMatch(/L’une des équipes a changé/)
    expect(again.text).toMatch(/Independant Dupont/)
    expect(await stateOf('passage')).toBe('active')
    expect((await presses(second)).text).toMatch(/C’est fait/)
    expect(await teamOf('tilleuls')).toHaveProperty('independant', 'LECTEUR')
  })

  test('lead their members on from the one that went; strangers learn nothing', async () => {
    const [first, second] = [await staff(), await another('candidat')]
    await isMerged(first, second)
    const neighbour = await comes('voisin')
    const page = await neighbour.go(at(`/organismes/${org('passage')}/equipe`))
    expect(page.text).toMatch(/Le Passage ASBL a été réuni avec Les Tilleuls ASBL/)
    const link = page.$(`main a[href="/organismes/${org('tilleuls')}"]`)
    expect(link.length).toBe(1)
    expect((await neighbour.go(at(link.attr('href') ?? ''))).status).toBe(200)
    const stranger = await (await comes('independant')).go(at(`/organismes/${org('passage')}`))
    expect(stranger.status).toBe(404)
    expect(stranger.text).not.toMatch(/Passage|Tilleuls/)
    // Nor may anybody open it again past the merge: that is undoing it.
    const shown = await first.go(at(`/equipe-anm/organismes/${org('passage')}`))
    expect(shown.text).toMatch(/Son équipe continue dans Les Tilleuls ASBL/)
    await fills(first, at(`/equipe-anm/organismes/${org('passage')}/rouvrir`), { raison: REASON })
    expect(await stateOf('passage')).toBe('closed')
  })

  test('are decided on by nobody who is of either, nor when nobody would lead', async () => {
    const [first, member] = [await staff(), await another('voisin')]
    const own = await fills(member, pair(), { raison: REASON })
    expect(own.status).toBe(403)
    await fills(first, pair(), { raison: REASON })
    expect((await opens(member)).text).toMatch(/Vous en faites partie/)
    expect((await first.go(pair('', 'tilleuls', 'montpellier'))).text).toMatch(
      /Un organisme et une académie ne se réunissent pas/,
    )
    expect((await first.go(pair('', 'tilleuls', 'tilleuls'))).status).toBe(404)
  })
})

describe('pairs that look like one', () => {
  test('are listed by name and seat, merged or set aside once; two numbers may be typed', async () => {
    const first = await staff()
    expect((await first.go(at('/equipe-anm/doublons'))).text).toMatch(/Aucun doublon connu/)
    await query(database, 'delete from register_enterprise')
    await query(database, "update organisation set name = 'LES TILLEULS' where id = $1", [
      org('passage'),
    ])
    const listed = await first.go(at('/equipe-anm/doublons'))
    expect(listed.text).toMatch(/LES TILLEULS/)
    const way = listed.$(`a[href="${pair().pathname}"]`)
    expect(way.length).toBe(1)
    // Seats the register has in two places are two organisations.
    await query(
      database,
      `insert into register_enterprise (number, type, names, seat)
        values ('0566988259', 'legal', '{}', '{"postcode": "1000"}'),
          ('0314595348', 'legal', '{}', '{"postcode": "7000"}')
        on conflict (number) do update set seat = excluded.seat`,
    )
    expect((await first.go(at('/equipe-anm/doublons'))).text).toMatch(/Aucun doublon connu/)
    // Unless the register has one of them as ceased.
    await query(
      database,
      "update register_enterprise set ceased_on = '2026-01-31' where number = '0314595348'",
    )
    expect((await first.go(at('/equipe-anm/doublons'))).text).toMatch(/cessé à la Banque-Carrefour/)
    const short = await fills(first, pair('/distincts'), { raison: 'non' })
    expect(short.status).toBe(422)
    const done = await fills(first, pair('/distincts'), { raison: 'Deux maisons de la même rue' })
    expect(done.text).toMatch(/ne sont plus proposés comme doublons/)
    expect(done.text).toMatch(/Aucun doublon connu/)

    await first.go(at('/equipe-anm/doublons'))
    const typed = await first.submit({
      form: 'form[action="/equipe-anm/doublons"]',
      fields: { reste: 'BE 0566.988.259', part: '12' },
    })
    expect([typed.status, typed.text]).toEqual([422, expect.stringMatching(/a ce numéro/)])
    expect(typed.html).toContain('BE 0566.988.259')
    const found = await first.submit({
      form: 'form[action="/equipe-anm/doublons"]',
      fields: { reste: '0566988259', part: '0314 595 348' },
    })
    expect(found.url.pathname).toBe(pair().pathname)
  })
})

describe('at the same moment', () => {
  test('one into the other and the other into the one: one of them, and one GESTIONNAIRE', async () => {
    const open = (name: string) =>
      connect<Tables>({ url: database.urlFor('idp'), name: `merging-${name}`, max: 1 })
    const lines = [open('one'), open('other')] as const
    const by = idOf('staff')
    const into = (line: (typeof lines)[number], kept: string, gone: string) =>
      transact(line.db, (tx) => mergeOrganisations(tx, { kept: org(kept), gone: org(gone), by }))
    try {
      const made = await Promise.all([
        into(lines[0], 'tilleuls', 'passage'),
        into(lines[1], 'passage', 'tilleuls'),
      ])
      expect(made.filter((merge) => merge !== null)).toHaveLength(1)
      const states = [await stateOf('tilleuls'), await stateOf('passage')].sort()
      expect(states).toEqual(['active', 'closed'])
      const kept = (await stateOf('tilleuls')) === 'active' ? 'tilleuls' : 'passage'
      const leaders = Object.values(await teamOf(kept)).filter((role) => role === 'GESTIONNAIRE')
      expect(leaders).toHaveLength(1)
    } finally {
      await Promise.all(lines.map((line) => line.close()))
    }
  })

  test('merged and handed over: either order leaves one GESTIONNAIRE, and can be undone', async () => {
    const { db } = myanm.idp.services
    const organisation = org('passage')
    expect(
      await propose({ db }, { organisation, by: idOf('voisin'), to: idOf('multi') }),
    ).toBeNull()
    const [open] = await query<{ id: string }>(database, 'select id from manager_transfer')
    const [merge, handed] = await Promise.all([
      transact(db, (tx) =>
        mergeOrganisations(tx, { kept: org('tilleuls'), gone: organisation, by: idOf('staff') }),
      ),
      accept(
        { db },
        { organisation, transfer: open?.id ?? '', by: idOf('multi'), now: new Date() },
      ),
    ])
    expect(merge).not.toBeNull()
    const leader = handed === null ? 'multi' : 'voisin'
    expect((await teamOf('passage'))[leader]).toBe('GESTIONNAIRE')
    const [{ leaders } = { leaders: 0 }] = await query<{ leaders: number }>(
      database,
      `select count(*)::int as leaders from membership where organisation_id = $1
        and state = 'active' and role = 'GESTIONNAIRE'`,
      [org('tilleuls')],
    )
    expect(leaders).toBe(1)
    const [first, second] = [await staff(), await another('candidat')]
    await isUndone(first, second)
    expect((await teamOf('passage'))[leader]).toBe('GESTIONNAIRE')
  })
})

/** Merged, as two of the team do. */
const goesInto = (kept: string, gone: string): Promise<string | null> =>
  transact(myanm.idp.services.db, async (tx) => {
    await refuseBecauseClosed(tx, { id: gone, name: 'Le Passage ASBL' })
    return mergeOrganisations(tx, { kept, gone, by: idOf('staff') })
  })

const BCE = { tilleuls: '0566988259', passage: '0314595348' } as const
const asksOf = () =>
  query<{ organisation: string | null; bce: string; message: string | null }>(
    database,
    'select organisation_id as organisation, bce, message from join_request order by id',
  )

describe('whoever comes with the number of the one that went', () => {
  // The register’s spelling or our own.
  const MERGED = /(Cet organisme|L’organisme demandé) a été réuni avec Les Tilleuls/
  const ASK = 'form[method=post][action="/organismes/rejoindre"]'

  test('is led on to the one that stays, told so, and sends nothing to another than was shown', async () => {
    const early = await comes('candidat')
    expect((await early.go(at(`/organismes/rejoindre?numero=${BCE.passage}`))).text).toContain(
      'Le Passage',
    )
    await goesInto(org('tilleuls'), org('passage'))
    const late = await early.submit({ form: ASK, fields: { message: 'Je suis du Passage' } })
    expect([late.status, await asksOf()]).toEqual([409, []])
    expect(late.text).toMatch(MERGED)
    expect(late.$('textarea[name=message]').text().trim()).toBe('Je suis du Passage')
    const sent = await early.submit({ form: ASK })
    expect(sent.url.pathname).toMatch(/^\/compte\/demandes\//)
    const asked = {
      organisation: org('tilleuls'),
      bce: BCE.tilleuls,
      message: 'Je suis du Passage',
    }
    expect(await asksOf()).toEqual([asked])

    // From any spelling, and of the one that went not even the name.
    const visitor = await comes('independant')
    const page = await visitor.go(at('/organismes/rejoindre?numero=BE%200314.595.348'))
    expect(page.text).toMatch(MERGED)
    expect(page.text).toContain('Demander à rejoindre Les Tilleuls')
    expect(page.text).not.toMatch(/Passage|Voisin|Gestionnaire Dupont/)
    const direct = await visitor.go(at(`/organismes/rejoindre?numero=${BCE.tilleuls}`))
    expect(direct.text).not.toMatch(/réuni/)

    // Who registers it is told as of one that is here (E10).
    await visitor.go(at('/organismes/inscrire'))
    const known = await visitor.submit({ fields: { numero_bce: BCE.passage } })
    expect(known.status).toBe(409)
    expect(known.text).toMatch(MERGED)
    expect(known.text).not.toMatch(/Passage/)
    const next = await visitor.follow('Demander à rejoindre')
    expect(next.text).toContain('Demander à rejoindre Les Tilleuls')

    // Its name reaches the one that stays too, and tells nothing, as every name.
    const words = /Si un seul organisme porte exactement ce nom/
    const named = await visitor.go(at('/organismes/rejoindre?nom=Le%20Passage'))
    expect(named.text).toMatch(words)
    expect(named.text).not.toMatch(/Tilleuls|réuni/)
    await visitor.submit({ form: ASK })
    expect((await asksOf()).map(({ organisation }) => organisation)).toEqual([
      org('tilleuls'),
      org('tilleuls'),
    ])
  })

  test('without an account registers, and is told before anything is sent', async () => {
    const email = 'entretemps@exemple.be'
    const { visitor, path } = await arrive(myanm)
    await visitor.go(`${path}/organisme`)
    await visitor.submit({ fields: { numero_bce: BCE.passage } })
    await visitor.follow('Demander à rejoindre')
    await visitor.submit({ fields: goodForm(email) })
    const code = codeIn(await lastLetterTo(myanm, email))
    expect((await visitor.submit({ fields: { code } })).text).toContain('Rejoindre Le Passage')
    await goesInto(org('tilleuls'), org('passage'))
    const told = await visitor.submit({ fields: { message: 'Bonjour du Passage' } })
    expect([told.status, await asksOf()]).toEqual([409, []])
    expect(told.text).toMatch(MERGED)
    await visitor.submit({})
    expect(await asksOf()).toMatchObject([
      { organisation: org('tilleuls'), message: 'Bonjour du Passage' },
    ])
    // Who begins afterwards is told with the number.
    const next = await arrive(myanm)
    const other = 'apres@exemple.be'
    await next.visitor.go(`${next.path}/organisme`)
    const known = await next.visitor.submit({ fields: { numero_bce: BCE.passage } })
    expect(known.status).toBe(409)
    expect(known.text).toMatch(MERGED)
    await next.visitor.follow('Demander à rejoindre')
    await next.visitor.submit({ fields: goodForm(other) })
    const join = await next.visitor.submit({
      fields: { code: codeIn(await lastLetterTo(myanm, other)) },
    })
    expect(join.text).toContain('Rejoindre Les Tilleuls ASBL')
    await next.visitor.submit({ fields: { fonction: '', message: '' } })
    expect((await asksOf()).map(({ organisation }) => organisation)).toEqual([
      org('tilleuls'),
      org('tilleuls'),
    ])
  })

  test('follows a line of merges, also from a request of before; where its end is closed, none', async () => {
    const [third] = await query<{ id: string }>(
      database,
      `with o as (insert into organisation (kind, bce, name, nonprofit)
            values ('organisme', '0400001076', 'La Maison du Bout ASBL', true) returning id),
          m as (insert into membership (organisation_id, account_id, role)
            select id, $1, 'GESTIONNAIRE' from o)
        select id from o`,
      [idOf('independant')],
    )
    const visitor = await comes('candidat')
    const address = at(`/organismes/rejoindre?numero=${BCE.passage}`)
    await visitor.go(address)
    const asked = await visitor.submit({ form: ASK })
    await goesInto(org('tilleuls'), org('passage'))
    expect((await visitor.go(asked.url)).text).toMatch(/a été réuni avec Les Tilleuls/)
    expect((await visitor.follow('Faire une nouvelle demande')).text).toMatch(MERGED)
    await goesInto(third?.id ?? '', org('tilleuls'))
    expect((await visitor.go(address)).text).toMatch(/réuni avec La Maison du Bout ASBL/)
    await transact(myanm.idp.services.db, (tx) =>
      closeOrganisation(tx, { organisation: third?.id ?? '', by: idOf('staff') }),
    )
    const closed = await visitor.go(address)
    expect(closed.text).not.toMatch(/réuni|Bout/)
    await visitor.go(at('/organismes/inscrire'))
    const registering = await visitor.submit({ fields: { numero_bce: BCE.passage } })
    expect(registering.text).toMatch(/ce compte est fermé/)
  })
})

describe('a site that asks for the one that went', () => {
  const asks = (visitor: Visitor, more: Record<string, string> = {}) => {
    const wire = onTheWire(myanm.issuer)
    const { url, verifier } = wire.request('guide-social', {
      organisation: org('passage'),
      ...more,
    })
    return visitor.go(url).then((page) => ({ page, verifier, wire }))
  }
  const orgIn = async (page: Page, from: Awaited<ReturnType<typeof asks>>) => {
    const { body } = await from.wire.redeem({
      code: page.url.searchParams.get('code') ?? '',
      verifier: from.verifier,
    })
    return decodeJwt(String(body['id_token']))['org']
  }

  test('has its people choose the one that stays, told why, and come back acting for it', async () => {
    await goesInto(org('tilleuls'), org('passage'))
    for (const need of [{}, { minimum_role: 'COLLABORATEUR', page: '/publier/emploi' }]) {
      const visitor = await comes('voisin')
      const asked = await asks(visitor, need)
      expect(asked.page.text).toMatch(/Le Passage ASBL a été réuni avec Les Tilleuls ASBL/)
      const back = await visitor.submit({
        form: 'main form:has([name=organisation])',
        button: { name: 'organisation', value: org('tilleuls') },
      })
      expect(await orgIn(back, asked)).toEqual({ id: org('tilleuls'), role: 'RESPONSABLE' })
    }
  })

  test('and for more than they are there: the page says both, and asks there', async () => {
    await become('independant', 'LECTEUR', 'passage')
    await goesInto(org('tilleuls'), org('passage'))
    const visitor = await comes('independant')
    const { page } = await asks(visitor, { minimum_role: 'RESPONSABLE', page: '/publier/emploi' })
    expect(page.text).toMatch(/Le Passage ASBL a été réuni avec Les Tilleuls ASBL/)
    expect(page.text).toMatch(/Au nom de Les Tilleuls ASBL, vous êtes Lecteur/)
    await visitor.submit({ form: 'form[action$="/role"]' })
    expect(
      await query(
        database,
        'select organisation_id as organisation, return_path as page from join_request',
      ),
    ).toEqual([{ organisation: org('tilleuls'), page: '/publier/emploi' }])
  })

  test('strangers learn nothing from its identifier; its number leads them on', async () => {
    await goesInto(org('tilleuls'), org('passage'))
    const visitor = await comes('particulier')
    const { page } = await asks(visitor, { minimum_role: 'LECTEUR', page: '/publier/emploi' })
    expect(page.text).not.toMatch(/Passage|Tilleuls ASBL|réuni/)
    const told = await visitor.submit({
      form: 'form[action$="/rejoindre"]',
      fields: { numero: BCE.passage, fonction: 'Bénévole', message: '' },
    })
    expect([told.status, await asksOf()]).toEqual([200, []])
    expect(told.text).toMatch(/L’organisme demandé a été réuni avec Les Tilleuls/)
    const sent = await visitor.submit({ form: 'form:has([name=exact])' })
    expect(sent.text).toContain('Votre demande est envoyée.')
    expect(
      await query(
        database,
        'select organisation_id as organisation, function, return_path as page from join_request',
      ),
    ).toEqual([{ organisation: org('tilleuls'), function: 'Bénévole', page: '/publier/emploi' }])
  })
})
