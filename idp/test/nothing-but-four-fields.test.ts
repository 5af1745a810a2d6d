import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  arrange,
  arrangeState,
  newVisitor,
  query,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  typeCredentials,
  type Visitor,
  withDatabase,
} from '@myanm/testing'
import { everyPage } from './stage/every-form.ts'
import { plant, proveTwice } from './stage/plant.ts'
import { until } from './stage/until.ts'
import { onTheWire, type Wire } from './stage/wire.ts'

/**
 * Colleagues see first name, name, e-mail and role of each other, and nothing else, anywhere (M53, M54,
 * 8.2 invariant 8, P19). Everybody of a team has everything there may be about a person, under a mark of
 * their own; then everybody looks at every page and asks every API.
 */
const MARKS: Readonly<Record<string, string>> = {
  lecteur: 'zqvwa',
  collaborateur: 'zqvwb',
  collegue: 'zqvwc',
  responsable: 'zqvwd',
  gestionnaire: 'zqvwe',
}
const TEAM = Object.keys(MARKS)

/** When each of them last signed in, as a page would write it: nobody else's affair (M53). */
const signedInOn = (key: string) => `${11 + TEAM.indexOf(key)}/03/2021`

/** Enough to have been everywhere; a page that has thousands of turns is seen a few times. */
const MOST_PAGES = 200

let database: TestDatabase
let myanm: TestIdp
let wire: Wire
const visitors = new Map<string, Visitor>()

const accountOf = (key: string) => myanm.accounts.get(key) ?? ''
const tilleuls = () => myanm.organisations.get('tilleuls') ?? ''
const at = (path: string) => new URL(path, myanm.issuer)
const visitorOf = (key: string) => visitors.get(key) ?? newVisitor()

beforeAll(async () => {
  database = await withDatabase()
  myanm = await startTestIdp({ database })
  wire = onTheWire(myanm.issuer)
  for (const [key, mark] of Object.entries(MARKS)) {
    const visitor = newVisitor()
    await visitor.go(at('/compte'))
    await typeCredentials(visitor, key)
    visitors.set(key, visitor)
    const account = accountOf(key)
    await plant(database, { account, mark, team: [accountOf('voisin'), accountOf('multi')] })
    await arrange(database, 'update profile set phone = $2 where account_id = $1', [
      account,
      `0470 11 22 3${TEAM.indexOf(key)}`,
    ])
    await arrange(
      database,
      "update device set signed_in_at = to_timestamp($2, 'DD/MM/YYYY') where account_id = $1",
      [account, `${signedInOn(key)}`],
    )
    await arrange(
      database,
      `with hidden as (
        insert into organisation (kind, name, state) values ('academie', 'Cachette ' || $2, 'vacant')
          returning id
      ) insert into membership (account_id, organisation_id, role)
        select $1, id, 'RESPONSABLE' from hidden`,
      [account, mark],
    )
    await proveTwice(database, account)
  }
}, 120_000)

afterAll(async () => {
  await myanm.stop()
  await database.drop()
})

/** What of others is in a text, beyond the four fields. */
function foundIn(text: string, viewer: string): string[] {
  let rest = text
  for (const mark of Object.values(MARKS)) {
    const family = `Serin-${mark.charAt(0).toUpperCase()}${mark.slice(1)}`
    rest = rest.replaceAll(`kanarie-${mark}@exemple.be`, '').replaceAll(family, '')
  }
  return TEAM.filter((key) => key !== viewer).flatMap((key) => {
    const phone = `0470 11 22 3${TEAM.indexOf(key)}`
    const [day, month, year] = signedInOn(key).split('/')
    const dates = [signedInOn(key), `${day} mars ${year}`, `${year}-${month}-${day}`]
    return [MARKS[key] ?? '', phone, phone.replaceAll(' ', ''), ...dates]
      .map((word) => rest.toLowerCase().indexOf(word))
      .filter((index) => index >= 0)
      .map((index) => rest.slice(Math.max(0, index - 60), index + 60).replaceAll(/\s+/g, ' '))
  })
}

/** Every page there is, with whatever its address may name; then wherever its links lead. */
async function addresses(): Promise<string[]> {
  const memberships = await query<{ id: string }>(
    database,
    'select id from membership where organisation_id = $1',
    [tilleuls()],
  )
  const others = [...memberships.map(({ id }) => id), accountOf('collegue')]
  return everyPage(myanm.idp.services)
    .map((path) => path.replaceAll(/\{[^}]*\}/g, '').replace(':organisme', tilleuls()))
    .filter((path) => !/:uid|:jeton|^\/(logout|authorize|compte\/retour)/.test(path))
    .flatMap((path) =>
      path.includes(':') ? others.map((id) => path.replaceAll(/:\w+(\([^)]*\))?/g, id)) : [path],
    )
}

async function crawl(key: string): Promise<{ readonly seen: number; readonly leaks: string[] }> {
  const visitor = visitorOf(key)
  const queue = await addresses()
  const known = new Set(queue)
  const leaks: string[] = []
  let seen = 0
  for (let path = queue.shift(); path !== undefined && seen < MOST_PAGES; path = queue.shift()) {
    if (path.endsWith('.json')) continue
    const page = await visitor.go(at(path))
    seen += 1
    // Their own pages show their own; nothing a browser receives shows that of others.
    leaks.push(...foundIn(page.html, key).map((found) => `${path}: ${found}`))
    for (const link of page.$('a[href]').toArray()) {
      const url = new URL(page.$(link).attr('href') ?? '', page.url)
      const next = url.pathname + url.search
      if (url.origin !== myanm.issuer.origin || known.has(next)) continue
      if (/^\/(logout|authorize|assets)|deconnexion|\.json$/.test(url.pathname)) continue
      known.add(next)
      queue.push(next)
    }
  }
  return { seen, leaks }
}

describe.each(TEAM)('%s', (key) => {
  test('finds on no page more about a colleague than four fields', async () => {
    const { seen, leaks } = await crawl(key)
    expect(seen).toBeGreaterThan(40)
    expect(leaks).toEqual([])
    // One's own are found, on one's own page: else this test proves nothing.
    const own = await visitorOf(key).go(at('/compte/donnees'))
    expect(foundIn(own.html, '')).toHaveLength(3)
    const team = await visitorOf(key).go(at(`/organismes/${tilleuls()}/equipe`))
    expect(team.status).toBe(200)
    for (const mark of Object.values(MARKS))
      expect(team.html).toContain(`kanarie-${mark}@exemple.be`)
  }, 180_000)

  test('is told no more by any API', async () => {
    const { access, id } = await wire.tokensOf(visitorOf(key), 'guide-social', {
      organisation: tilleuls(),
      scope: 'openid profile email compte organisation',
    })
    const headers = { authorization: `Bearer ${access}`, accept: 'application/json' }
    const answers = [
      await (await fetch(at('/api/equipe'), { headers })).text(),
      JSON.stringify((await wire.userinfo(access)).body),
      JSON.stringify(await wire.introspect(access)),
      Buffer.from(id.split('.')[1] ?? '', 'base64url').toString(),
    ]
    const team = JSON.parse(answers[0] ?? '{}') as { members: Record<string, unknown>[] }
    expect(team.members.length).toBeGreaterThan(4)
    for (const member of team.members) {
      expect(Object.keys(member).sort()).toEqual(['email', 'name', 'role', 'sub'])
    }
    for (const answer of answers) expect(foundIn(answer, key)).toEqual([])
    // Of oneself, in a token and its claims, nothing an organisation has not to know either.
    for (const answer of answers) expect(answer).not.toMatch(/Cachette|0470|Rue du Serin/)
  })

  test('takes away no colleague with their own data', async () => {
    const response = await visitorOf(key).request(at('/compte/donnees/export.json'))
    expect(response.status).toBe(200)
    const file = await response.text()
    expect(file).toContain(MARKS[key])
    for (const other of TEAM.filter((one) => one !== key)) {
      for (const word of [MARKS[other] ?? '', accountOf(other)]) expect(file).not.toContain(word)
    }
  })
})

describe('who leads the team', () => {
  const ofTeam = (path: string) => at(`/organismes/${tilleuls()}${path}`)

  test('learns no more from what a form answers', async () => {
    const manager = visitorOf('gestionnaire')
    const answers: string[] = []
    const press = async (
      path: string,
      fields: Record<string, string>,
      form = 'main form[method=post]',
    ) => {
      await manager.go(ofTeam(path))
      const page = await manager.submit({ form, fields })
      expect(page.status).toBeLessThan(500)
      answers.push(page.html)
    }
    const known = TEAM.map((key) => `kanarie-${MARKS[key]}@exemple.be ; lecteur`)
    await press('/equipe/inviter/plusieurs', {
      liste: [...known, ...TEAM, ...TEAM.map(accountOf)].join('\n'),
      role: 'LECTEUR',
    })
    for (const key of ['lecteur', 'voisin', 'particulier']) {
      await press('/equipe/inviter', { email: `${key}@exemple.be`, role: 'LECTEUR' })
    }
    await press('/equipe/inviter', { email: `kanarie-${MARKS['lecteur']}@exemple.be`, role: 'x' })
    for (const answer of answers) expect(foundIn(answer, 'gestionnaire')).toEqual([])
  })

  test('finds nobody by what is not one of the four fields', async () => {
    const manager = visitorOf('gestionnaire')
    const found = async (typed: string) => {
      const page = await manager.go(ofTeam(`/equipe?q=${encodeURIComponent(typed)}`))
      return TEAM.filter((key) => page.html.includes(`kanarie-${MARKS[key]}@exemple.be`))
    }
    expect(await found(`Serin-${MARKS['lecteur']}`)).toEqual(['lecteur'])
    for (const hidden of [
      '0470 11 22 30',
      '0470112230',
      'Cachette',
      accountOf('lecteur'),
      '2021',
    ]) {
      expect([hidden, await found(hidden)]).toEqual([hidden, []])
    }
  })

  test('sees of a colleague who is suspended, or about to go, what they see of any other', async () => {
    const [member] = await query<{ id: string }>(
      database,
      'select id from membership where account_id = $1 and organisation_id = $2',
      [accountOf('responsable'), tilleuls()],
    )
    const paths = [
      ...['/equipe', `/equipe/membres/${member?.id}`, `/equipe/membres/${member?.id}/retirer`],
      ...['/gestionnaire', '/gestionnaire/transferer'],
    ]
    // What is another at each visit: the token of a form, and how long ago something was.
    const seen = async () => {
      const pages: string[] = []
      for (const path of paths) {
        const { html, status } = await visitorOf('gestionnaire').go(ofTeam(path))
        expect([path, status]).toEqual([path, 200])
        pages.push(html.replaceAll(/value="[\w.-]{30,}"|nonce="[^"]*"/g, ''))
      }
      return pages
    }
    const before = await seen()
    for (const state of ['suspended', 'deletion_requested']) {
      await arrangeState(database, accountOf('responsable'), state)
      expect(await seen()).toEqual(before)
    }
    await arrangeState(database, accountOf('responsable'), 'active')
  })
})

describe('what leaves MyANM', () => {
  test('letters about a colleague say no more', async () => {
    const manager = visitorOf('gestionnaire')
    const [member] = await query<{ id: string }>(
      database,
      'select id from membership where account_id = $1 and organisation_id = $2',
      [accountOf('lecteur'), tilleuls()],
    )
    const before = myanm.letters.length
    await manager.go(
      at(`/organismes/${tilleuls()}/equipe/membres/${member?.id}/role?role=COLLABORATEUR`),
    )
    await manager.submit({ form: 'main form[method=post]' })
    await until(() => myanm.letters.length > before, 10_000)
    for (const { to, text, html, subject } of myanm.letters) {
      const receiver = TEAM.find((key) => to.includes(`${MARKS[key]}@`)) ?? ''
      expect(foundIn(`${subject} ${text} ${html}`, receiver)).toEqual([])
    }
  })

  test('signals to sites name accounts by numbers only', async () => {
    const rows = await query<{ text: string }>(
      database,
      `select s::text as text from signal s
        union all select d::text from signal_delivery d where sid is distinct from 'a-session'`,
    )
    expect(rows.length).toBeGreaterThan(0)
    for (const { text } of rows) expect(foundIn(text, '')).toEqual([])
  })

  test('no database of a site has a column a name or an address could be read from', async () => {
    const columns = await query<{ name: string }>(
      database,
      `select table_schema || '.' || table_name || '.' || column_name as name
        from information_schema.columns
        where table_schema in ('guide_social', 'monasbl', 'sweeli', 'bilan')
          and column_name ~ '(given|family|first|last)_?name|login|birth|phone|email|address'
        order by 1`,
    )
    // How to apply for a job, as the organisation publishes it.
    expect(columns.map(({ name }) => name)).toEqual([
      'guide_social.job_offer.apply_email',
      'guide_social.job_offer.apply_phone',
    ])
  })
})
