import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
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
import { signsIn } from './stage/team.ts'
import { onTheWire } from './stage/wire.ts'

/** As many as the product promises to be quick for (yardsticks P5). */
const MEMBERS = 10_000
const ORGANISATIONS = 2_000
/** A page may take this long on a machine that does other things too, in milliseconds. */
const LONGEST = 3000

let database: TestDatabase
let myanm: TestIdp

beforeAll(async () => {
  database = await withDatabase()
  myanm = await startTestIdp({ database })
  await arrange(
    database,
    `with people as (
      insert into account (account_type, state, login, email, email_confirmed_at, password_hash,
          given_name, family_name)
        select 'organisme', 'active', 'membre' || n, 'membre' || n || '@exemple.be', now(), 'x',
            (array['Zoé', 'Éric', 'anne', 'Luc', 'Œdipe'])[1 + n % 5],
            (array['Lefèvre', 'Étienne', 'de Smet', 'Peeters', 'Zander', 'Abraham'])[1 + n % 6]
              || case when n % 7 = 0 then '' else ' ' || n % 97 end
          from generate_series(1, $2) n
        returning id)
    insert into membership (account_id, organisation_id, role, until)
      select id, $1, (array['LECTEUR', 'COLLABORATEUR', 'RESPONSABLE'])[1 + abs(hashtext(id::text)) % 3]
          ::organisation_role, null
        from people`,
    [organisation(), MEMBERS],
  )
  await arrange(
    database,
    `with numbers as (
      select lpad((2000000 + n)::text, 8, '0') || lpad((97 - (2000000 + n) % 97)::text, 2, '0') as bce, n
        from generate_series(1, $2) n),
    organisations as (
      insert into organisation (kind, bce, name, nonprofit)
        select 'organisme', bce, 'Organisme ' || (n * 7919) % 2003 || ' ASBL', true from numbers
        returning id)
    insert into membership (account_id, organisation_id, role, until)
      select $1, id, 'COLLABORATEUR', null from organisations`,
    [myanm.accounts.get('multi'), ORGANISATIONS],
  )
  await query(database, 'analyze')
}, 120_000)

afterAll(async () => {
  await myanm.stop()
  await database.drop()
})

const organisation = (): string => myanm.organisations.get('tilleuls') ?? ''
const team = (more = ''): URL =>
  new URL(`/organismes/${organisation()}/equipe${more}`, myanm.issuer)

async function opens(visitor: Visitor, url: URL): Promise<{ page: Page; milliseconds: number }> {
  const began = performance.now()
  const page = await visitor.go(url)
  return { page, milliseconds: performance.now() - began }
}

const addressesOn = ({ $ }: Page): string[] =>
  $('main tbody .person__address')
    .toArray()
    .map((line) => $(line).text())

const RUNGS = ['Gestionnaire', 'Responsable', 'Collaborateur', 'Lecteur']

describe('a team of ten thousand', () => {
  test('is turned page by page, from top to bottom: everybody once, in the order of role and name', async () => {
    const visitor = await signsIn(myanm.issuer, 'lecteur')
    const seen: string[] = []
    const roles: string[] = []
    let { page } = await opens(visitor, team())
    expect(page.text).toMatch(/10\s006 personnes/)
    let slowest = 0
    for (;;) {
      seen.push(...addressesOn(page))
      const tags = page.$('main tbody .role-tag').toArray()
      roles.push(...tags.map((tag) => page.$(tag).text()))
      const next = page.$('a[rel=next]').attr('href')
      if (next === undefined) break
      const turned = await opens(visitor, new URL(next, myanm.issuer))
      slowest = Math.max(slowest, turned.milliseconds)
      page = turned.page
    }
    expect(seen).toHaveLength(MEMBERS + 6)
    expect(new Set(seen).size).toBe(MEMBERS + 6)
    expect(roles).toEqual([...roles].sort((a, b) => RUNGS.indexOf(a) - RUNGS.indexOf(b)))
    expect(slowest).toBeLessThan(LONGEST)

    const back = page.$('a[rel=prev]').attr('href') ?? ''
    const before = addressesOn((await opens(visitor, new URL(back, myanm.issuer))).page)
    const last = addressesOn(page).length
    expect(before).toEqual(seen.slice(-last - before.length, -last))
  }, 120_000)

  test('the last page costs what the first one does; a search finds one in ten thousand', async () => {
    const visitor = await signsIn(myanm.issuer, 'lecteur')
    const [last] = await query<{ id: string }>(
      database,
      `select m.id from membership m join account a on a.id = m.account_id
        where m.organisation_id = $1 and m.state = 'active'
        order by m.role, a.family_name collate "fr-x-icu" desc limit 1`,
      [organisation()],
    )
    const times = { first: 0, last: 0, search: 0 }
    for (let round = 0; round < 5; round += 1) {
      times.first += (await opens(visitor, team())).milliseconds / 5
      times.last += (await opens(visitor, team(`?avant=${last?.id}`))).milliseconds / 5
      const { page, milliseconds } = await opens(visitor, team('?q=membre4321@'))
      expect(addressesOn(page)).toEqual(['membre4321@exemple.be'])
      times.search += milliseconds / 5
    }
    expect(Math.max(...Object.values(times))).toBeLessThan(LONGEST)
    expect(times.last).toBeLessThan(times.first * 3 + 100)
  })

  test('is in order and counted when somebody takes another name, leaves, and is let in again', async () => {
    const visitor = await signsIn(myanm.issuer, 'lecteur')
    const address = 'membre77@exemple.be'
    await query(
      database,
      `update membership m set role = 'LECTEUR' from account a
        where a.id = m.account_id and a.email = $1`,
      [address],
    )
    const lastOfAll = async () => {
      const [last] = await query<{ id: string }>(
        database,
        `select id from membership where organisation_id = $1 and state = 'active'
          order by role, sort_family_name desc, sort_given_name desc, id desc limit 1`,
        [organisation()],
      )
      return last?.id ?? ''
    }
    await query(database, `update account set family_name = 'Żzz' where email = '${address}'`)
    const [renamed] = await query<{ id: string }>(
      database,
      `select m.id from membership m join account a on a.id = m.account_id
        where m.organisation_id = $1 and a.email = $2`,
      [organisation(), address],
    )
    expect(await lastOfAll()).toBe(renamed?.id)

    await query(
      database,
      `update membership set state = 'left', until = now() where id = '${renamed?.id}'`,
    )
    const left = await query(
      database,
      `select sort_family_name, sort_given_name, sort_organisation_name from membership where id = $1`,
      [renamed?.id],
    )
    expect(left).toEqual([
      { sort_family_name: '', sort_given_name: '', sort_organisation_name: '' },
    ])
    expect((await opens(visitor, team())).page.text).toMatch(/10\s005 personnes/)
    // Who was on the way through the list when they left goes on where they were.
    const { page } = await opens(visitor, team(`?apres=${renamed?.id}`))
    expect(addressesOn(page)).toEqual([])

    await query(
      database,
      `update membership set state = 'active', until = null where id = '${renamed?.id}'`,
    )
    expect((await opens(visitor, team())).page.text).toMatch(/10\s006 personnes/)
    expect(await lastOfAll()).toBe(renamed?.id)
  })

  test('a key of another team begins at the top, and tells nothing', async () => {
    const visitor = await signsIn(myanm.issuer, 'lecteur')
    const [foreign] = await query<{ id: string }>(
      database,
      'select id from membership where organisation_id <> $1 limit 1',
      [organisation()],
    )
    const first = addressesOn((await opens(visitor, team())).page)
    for (const key of [foreign?.id, crypto.randomUUID(), 'x', '%00', '-1', 'null']) {
      for (const turn of ['apres', 'avant']) {
        const { page } = await opens(visitor, team(`?${turn}=${key}`))
        expect([page.status, addressesOn(page)]).toEqual([
          key === '%00' ? 400 : 200,
          key === '%00' ? [] : first,
        ])
      }
    }
  })
})

test('a person in two thousand organisations finds each, page by page or by name or number', async () => {
  const visitor = await signsIn(myanm.issuer, 'multi')
  const seen: string[] = []
  let { page, milliseconds: slowest } = await opens(
    visitor,
    new URL('/compte/organismes', myanm.issuer),
  )
  for (;;) {
    const links = page.$('main .row__title a').toArray()
    seen.push(...links.map((link) => page.$(link).attr('href') ?? ''))
    const next = page.$('a[rel=next]').attr('href')
    if (next === undefined) break
    const turned = await opens(visitor, new URL(next, myanm.issuer))
    slowest = Math.max(slowest, turned.milliseconds)
    page = turned.page
  }
  expect(new Set(seen).size).toBe(ORGANISATIONS + 2)
  expect(seen).toHaveLength(ORGANISATIONS + 2)
  for (const words of ['tilleuls asbl', '0566.988.259', '566988259', 'TILLEULS']) {
    const url = new URL(`/compte/organismes?q=${encodeURIComponent(words)}`, myanm.issuer)
    const found = await opens(visitor, url)
    slowest = Math.max(slowest, found.milliseconds)
    const names = found.page.$('main .row__title').toArray()
    expect(names.map((name) => found.page.$(name).text())).toEqual(['Les Tilleuls ASBL'])
  }
  expect(slowest).toBeLessThan(LONGEST)
}, 120_000)

test('a site reads the team a page at a time, and asks for the few it names (P18)', async () => {
  const wire = onTheWire(myanm.issuer)
  const { access } = await wire.tokensOf(await signsIn(myanm.issuer, 'lecteur'))
  const ask = async (path: string) => {
    const headers = { authorization: `Bearer ${access}`, accept: 'application/json' }
    const began = performance.now()
    const response = await fetch(new URL(path, myanm.issuer), { headers })
    expect([path, response.status]).toEqual([path, 200])
    const body = (await response.json()) as {
      readonly members: readonly { readonly sub: string }[]
      readonly next: string | null
    }
    return { ...body, milliseconds: performance.now() - began }
  }
  const subs = new Set<string>()
  let shown = 0
  for (let path: string | null = '/api/equipe'; path !== null; ) {
    const { members, next, milliseconds } = await ask(path)
    expect(members.length).toBeLessThanOrEqual(100)
    expect(milliseconds).toBeLessThan(LONGEST)
    for (const { sub } of members) subs.add(sub)
    shown += members.length
    path = next
  }
  expect(shown).toBe(subs.size)
  expect(shown).toBeGreaterThan(MEMBERS)

  const few = [...subs].slice(-20)
  const question = `/api/equipe?${new URLSearchParams({ sub: few.join(',') })}`
  expect(new Set((await ask(question)).members.map(({ sub }) => sub))).toEqual(new Set(few))
  expect((await ask('/api/equipe?role=GESTIONNAIRE')).members).toHaveLength(1)
}, 60_000)
