import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  arrange,
  arrangeState,
  newVisitor,
  type Page,
  query,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  typeCredentials,
  type Visitor,
  withDatabase,
} from '@myanm/testing'

let database: TestDatabase
let myanm: TestIdp
let manager: Visitor

beforeAll(async () => {
  database = await withDatabase()
  myanm = await startTestIdp({ database })
  manager = await comeIn('gestionnaire')
  // How the people of the scene came in is not what is asked about.
  await arrange(database, "delete from journal where event = 'membership-added'")
})

afterAll(async () => {
  await myanm.stop()
  await database.drop()
})

const at = (path: string) => new URL(path, myanm.issuer)
const accountOf = (key: string) => myanm.accounts.get(key) ?? ''
const tilleuls = () => myanm.organisations.get('tilleuls') ?? ''
const base = () => `/organismes/${tilleuls()}/journal`

async function comeIn(login: string): Promise<Visitor> {
  const visitor = newVisitor()
  await visitor.go(at('/compte'))
  await typeCredentials(visitor, login)
  return visitor
}

/** A line as it would have been written then. */
async function happened(
  when: string,
  line: {
    readonly event: string
    readonly about?: string | null
    readonly by?: string | null
    readonly details?: object
    readonly organisation?: string
  },
): Promise<void> {
  await query(
    database,
    `insert into journal (at, event, account_id, actor_id, organisation_id, details)
      values ($1::timestamptz, $2, $3, $4, $5, $6)`,
    [
      when,
      line.event,
      line.about ?? null,
      line.by ?? null,
      line.organisation ?? tilleuls(),
      JSON.stringify(line.details ?? {}),
    ],
  )
}

/** So many days ago, at ten o'clock in Brussels as it is now in summer or winter. */
function day(ago: number, time = '10:00:00'): { readonly moment: string; readonly typed: string } {
  const date = new Date(Date.now() - ago * 86_400_000)
  const typed = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Brussels' }).format(date)
  const offset = new Intl.DateTimeFormat('en', {
    timeZone: 'Europe/Brussels',
    timeZoneName: 'longOffset',
  })
    .formatToParts(date)
    .find(({ type }) => type === 'timeZoneName')?.value
  return { typed, moment: `${typed}T${time}${offset?.replace('GMT', '')}` }
}

const ask = (person: string, when: { readonly typed: string }, time: string): Promise<Page> =>
  manager.go(
    at(`${base()}/ce-jour-la?q=${encodeURIComponent(person)}&jour=${when.typed}&heure=${time}`),
  )

const words = (page: Page): string => page.$('main').text().replaceAll(/\s+/g, ' ')

/** What the role allowed, as the answer says it. */
const could = ({ $ }: Page): string[] =>
  $('main .rights p:first-of-type')
    .toArray()
    .map((one) => $(one).text())

describe('« what could she do on that day, and who decided it? »', () => {
  const came = day(100)
  const rose = day(60)
  const fell = day(20)

  beforeAll(async () => {
    const [collegue, boss] = [accountOf('collegue'), accountOf('gestionnaire')]
    await arrange(
      database,
      `update membership set since = $2, role_since = $3, role_by = $4
        where account_id = $1`,
      [collegue, came.moment, fell.moment, boss],
    )
    await happened(came.moment, {
      event: 'membership-added',
      about: collegue,
      by: accountOf('responsable'),
      details: { role: 'LECTEUR', because: 'invitation' },
    })
    await happened(rose.moment, {
      event: 'role-changed',
      about: collegue,
      by: boss,
      details: { from: 'LECTEUR', to: 'RESPONSABLE', because: 'decided' },
    })
    await happened(fell.moment, {
      event: 'role-changed',
      about: collegue,
      by: boss,
      details: { from: 'RESPONSABLE', to: 'COLLABORATEUR', because: 'decided' },
    })
  })

  test('says the role, since when, who decided, how it ended, and what it allowed', async () => {
    const page = await ask('Collegue', day(40), '10:32')
    expect(words(page)).toContain('Responsable depuis')
    expect(words(page)).toContain('C’est Gestionnaire Dupont qui l’avait décidé.')
    expect(words(page)).toContain(
      'est alors devenue collaborateur, décidé par Gestionnaire Dupont.',
    )
    expect(could(page)).toContain('inviter un lecteur ou un collaborateur')
    expect(could(page)).not.toContain('changer le rôle d’un membre de l’équipe')
  })

  test('is right to the minute', async () => {
    expect(words(await ask('Collegue', rose, '09:59'))).toContain('Lecteur depuis')
    expect(words(await ask('Collegue', rose, '10:00'))).toContain('Responsable depuis')
    expect(words(await ask('Collegue', came, '09:59'))).toContain(
      'ne faisait pas partie de Les Tilleuls ASBL et ne pouvait rien faire en son nom',
    )
    const since = await ask('Collegue', day(10), '12:00')
    expect(words(since)).toContain('Collaborateur depuis')
    expect(words(since)).toContain('Ce rôle dure encore aujourd’hui.')
  })

  test('says so of whoever left, and of whoever came otherwise than through an invitation', async () => {
    const [lecteur] = [accountOf('lecteur')]
    const left = day(5)
    await arrange(
      database,
      "update membership set since = $2, role_since = $2, state = 'removed', until = $3 where account_id = $1",
      [lecteur, day(200).moment, left.moment],
    )
    await happened(left.moment, {
      event: 'membership-removed',
      about: lecteur,
      by: accountOf('staff'),
      details: { role: 'LECTEUR', because: 'decided' },
    })
    const then = await ask('Lecteur Dupont', day(6), '12:00')
    expect(words(then)).toContain('Lecteur depuis')
    expect(words(then)).toContain('Le journal ne dit plus qui l’avait décidé')
    expect(words(then)).toContain('a été retirée de l’équipe, décidé par l’équipe de l’ANM.')
    expect(could(then)).not.toContain('publier une offre d’emploi')
    const now = await ask('Lecteur Dupont', day(4), '12:00')
    expect(words(now)).toContain('ne faisait pas partie de')
  })

  test('does not make up what the journal no longer knows', async () => {
    const multi = accountOf('multi')
    await arrange(
      database,
      'update membership set since = $2, role_since = $3 where account_id = $1 and organisation_id = $4',
      [multi, day(800).moment, day(500).moment, tilleuls()],
    )
    expect(words(await ask('Multi', day(600), '12:00'))).toContain('n’est plus connu')
    expect(words(await ask('Multi', day(450), '12:00'))).toContain('Collaborateur depuis')
  })

  test('asks which one, when several are called so, and says when nobody is', async () => {
    const page = await ask('Dupont', day(40), '10:32')
    expect(words(page)).toContain('Plusieurs personnes correspondent')
    const chosen = page.$('main .row a').first().attr('href')
    expect(chosen).toContain(`jour=${day(40).typed}`)
    expect(words(await manager.go(at(chosen ?? '')))).toMatch(/depuis|ne faisait pas partie/)
    expect(words(await ask('Personne du tout', day(40), '10:32'))).toContain(
      'Personne, dans cette équipe',
    )
    // Of another organisation: as if there were no such person.
    expect(words(await ask('Voisin', day(40), '10:32'))).toContain('Personne, dans cette équipe')
  })

  test.each([
    ['jour=2026-13-45&heure=10:00', 'Indiquez un jour'],
    ['jour=2026-05-03&heure=25:00', 'Indiquez une heure'],
    ['jour=2999-01-01&heure=10:00', 'n’est pas encore passé'],
    ['jour=%00&heure=%00', 'Que pouvait faire'],
    ['jour=2026-05-03&jour=x&heure=1&heure=2', 'Que pouvait faire'],
    ["personne=' or 1=1", 'Que pouvait faire'],
    ['personne=00000000-0000-0000-0000-000000000000&jour=2026-05-03', 'Que pouvait faire'],
  ])('asked badly (%s) is asked again, plainly', async (typed, answer) => {
    const page = await manager.go(at(`${base()}/ce-jour-la?q=Collegue&${typed}`))
    expect([200, 400]).toContain(page.status)
    if (page.status === 200) expect(words(page)).toContain(answer)
  })
})

describe('the journal of an organisation', () => {
  test('tells what was decided, the latest first, by whom and about whom', async () => {
    await happened(day(3).moment, {
      event: 'join-refused',
      about: accountOf('particulier'),
      by: accountOf('gestionnaire'),
    })
    const page = await manager.go(at(base()))
    expect(page.status).toBe(200)
    const lines = page
      .$('main .row')
      .toArray()
      .map((one) => page.$(one).text().replaceAll(/\s+/g, ' ').trim())
    expect(lines[0]).toContain('La demande de Particulier Dupont a été refusée.')
    expect(lines[0]).toContain('Décidé par Gestionnaire Dupont')
    expect(lines.join()).toContain(
      'Nouveau rôle de Collegue Dupont : collaborateur (avant : responsable).',
    )
    expect(lines.join()).toContain('par une invitation')
  })

  test('is found by person, also by what they decided, and by day', async () => {
    const about = words(await manager.go(at(`${base()}?q=collegue`)))
    expect(about).toContain('Ce qui concerne Collegue Dupont')
    expect(about).not.toContain('Particulier Dupont')
    expect(words(await manager.go(at(`${base()}?q=responsable`)))).toContain(
      'Décidé par Responsable',
    )
    const byDay = words(await manager.go(at(`${base()}?du=${day(61).typed}&au=${day(59).typed}`)))
    expect(byDay).toContain('Nouveau rôle de Collegue Dupont : responsable')
    expect(byDay).not.toContain('La demande de Particulier')
    expect(words(await manager.go(at(`${base()}?du=2020-01-01&au=2020-01-02`)))).toContain(
      'Rien ne correspond',
    )
    expect(words(await manager.go(at(`${base()}?du=hier`)))).toContain('Indiquez un jour')
  })

  test('is paged by key', async () => {
    for (let n = 0; n < 60; n += 1) {
      await happened(day(2, `10:00:${String(n).padStart(2, '0')}`).moment, {
        event: 'invitation-sent-again',
      })
    }
    let page = await manager.go(at(`${base()}?du=${day(2).typed}&au=${day(2).typed}`))
    const counts = [page.$('main .row').length]
    while (page.text.includes('Voir ce qui est plus ancien')) {
      page = await manager.follow('Voir ce qui est plus ancien')
      counts.push(page.$('main .row').length)
    }
    expect(counts).toEqual([25, 25, 10])
    expect((await manager.follow('Revenir au plus récent')).$('main .row')).toHaveLength(25)
  })

  test('says nothing of who looked at what, signed in, or acted for whom (M55, P38)', async () => {
    for (const event of [
      'context-chosen',
      'signed-in',
      'consent-given',
      'staff-looked',
      'data-exported',
    ]) {
      await happened(day(1).moment, { event, about: accountOf('collegue') })
    }
    // Through the doors: a colleague comes in, acts for the organisation, looks around.
    const colleague = await comeIn('collegue')
    const [before] = await query<{ count: string }>(
      database,
      "select count(*) from journal where organisation_id is not null and event <> 'context-chosen'",
    )
    for (const path of [
      '/compte',
      '/compte/organismes',
      `/organismes/${tilleuls()}`,
      `/organismes/${tilleuls()}/equipe`,
    ]) {
      await colleague.go(at(path))
    }
    const [after] = await query<{ count: string }>(
      database,
      "select count(*) from journal where organisation_id is not null and event <> 'context-chosen'",
    )
    expect(after).toEqual(before)
    const page = await manager.go(at(`${base()}?du=${day(1).typed}`))
    expect(page.$('main .row')).toHaveLength(0)
  })

  test('knows somebody who was erased as a former member, and no more', async () => {
    const gone = accountOf('independant')
    await happened(day(1, '11:00:00').moment, {
      event: 'membership-left',
      about: gone,
      by: gone,
      details: { role: 'LECTEUR' },
    })
    await happened(day(1, '12:00:00').moment, {
      event: 'invited',
      by: gone,
      details: { role: 'LECTEUR', invitation: '00000000-0000-0000-0000-000000000000' },
    })
    expect(words(await manager.go(at(base())))).toContain('Independant Dupont a quitté l’équipe.')
    await arrangeState(database, gone, 'deleted')
    const text = words(await manager.go(at(base())))
    expect(text).toContain('Un ancien membre a quitté l’équipe.')
    expect(text).toContain('Décidé par un ancien membre')
    expect(text).not.toContain('Independant')
  })

  test.each([
    ['lecteur', 404],
    ['collaborateur', 403],
    ['collegue', 403],
    ['responsable', 403],
    ['voisin', 404],
    ['particulier', 404],
  ])('is not for %s', async (login, status) => {
    const visitor = await comeIn(login)
    for (const path of [base(), `${base()}/ce-jour-la`]) {
      expect((await visitor.go(at(path))).status).toBe(status)
    }
  })
})
