import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  arrange,
  newVisitor,
  query,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  typeCredentials,
  type Visitor,
  withDatabase,
} from '@myanm/testing'
import { HELD } from '../src/retention/map/index.ts'
import { type Entry, personalColumns } from '../src/retention/rules.ts'
import { CANARIES, plant, proveTwice } from './stage/plant.ts'

let database: TestDatabase
let myanm: TestIdp

beforeAll(async () => {
  database = await withDatabase()
  myanm = await startTestIdp({ database })
})

afterAll(async () => {
  await myanm.stop()
  await database.drop()
})

const at = (path: string) => new URL(path, myanm.issuer)
const accountOf = (key: string) => myanm.accounts.get(key) ?? ''
const held = HELD as Readonly<Record<string, Entry>>

async function comeIn(login: string, path = '/compte/donnees'): Promise<Visitor> {
  const visitor = newVisitor()
  await visitor.go(at(path))
  await typeCredentials(visitor, login)
  return visitor
}

interface File {
  readonly format: string
  readonly account: string
  readonly sections: readonly {
    readonly tables: readonly {
      readonly table: string
      readonly purposes: readonly string[]
      readonly period: string
      readonly withheld: readonly string[]
      readonly rows: readonly Readonly<Record<string, unknown>>[]
    }[]
  }[]
  readonly sites: readonly { readonly site: string }[]
}

async function fileOf(visitor: Visitor): Promise<{ file: File; text: string; response: Response }> {
  const response = await visitor.request(at('/compte/donnees/export.json'))
  const text = await response.text()
  return { file: JSON.parse(text) as File, text, response }
}

const tableIn = (file: File, table: string) =>
  file.sections.flatMap(({ tables }) => tables).find((one) => one.table === table)

describe('everything held about me', () => {
  let visitor: Visitor
  let page: string
  let file: File
  let text: string

  beforeAll(async () => {
    visitor = await comeIn('particulier')
    await plant(database, {
      account: accountOf('particulier'),
      team: [accountOf('voisin'), accountOf('multi')],
    })
    await proveTwice(database, accountOf('particulier'))
    page = (await visitor.go(at('/compte/donnees'))).text
    ;({ file, text } = await fileOf(visitor))
  })

  test('has a line of every kind there may be: else this test proves nothing', async () => {
    for (const [table, { person }] of Object.entries(held)) {
      if (!person) continue
      expect([table, tableIn(file, table)?.rows.length]).toEqual([table, expect.any(Number)])
      expect([table, tableIn(file, table)?.rows.length]).not.toEqual([table, 0])
    }
  })

  test('is in the file: every personal column of every line that is mine, as it is kept', async () => {
    for (const [table, entry] of Object.entries(held)) {
      if (!entry.person) continue
      const { rows = [], withheld = [] } = tableIn(file, table) ?? {}
      for (const [column, { told }] of personalColumns(entry)) {
        const isThere = rows.some((row) => row[column] !== undefined && row[column] !== null)
        if (told === 'withheld') {
          expect([table, column, withheld.includes(column), isThere]).toEqual([
            table,
            column,
            true,
            false,
          ])
        } else if (!NEVER_OF_AN_ACTIVE_ACCOUNT.has(`${table}.${column}`)) {
          expect([table, column, isThere]).toEqual([table, column, true])
        }
      }
    }
  })

  test('is on the page, whatever is meant to be read', async () => {
    for (const word of [
      ...Object.values(CANARIES['account'] ?? {}),
      ...Object.values(CANARIES['profile'] ?? {}),
      'alias-zqxvkj7',
      'Navigateur Zqxvkj7',
      'Système Zqxvkj7',
      '192.0.2.0/24',
      'Clé Zqxvkj7',
      'essai-zqxvkj7@exemple.be',
      'nouvelle-zqxvkj7@exemple.be',
      'Corps du message Zqxvkj7',
      'REF-ZQXVKJ7',
      'role-zqxvkj7',
      'corrigee-zqxvkj7@exemple.be',
      'numero-zqxvkj7',
      'invitee-zqxvkj7@exemple.be',
      'Fonction Zqxvkj7',
      'Ma demande Zqxvkj7',
      'Raison Zqxvkj7',
      'Newsletter MonASBL',
      'Le Passage ASBL',
      'Site partenaire',
    ]) {
      expect(page).toContain(word)
    }
    expect(page).toContain('Pourquoi : ')
    expect(page).toContain('Jusqu’à quand : ')
  })

  test('is told with why, and until when, and what each site keeps', () => {
    for (const { tables } of file.sections) {
      for (const { purposes, period } of tables) {
        expect(purposes.length).toBeGreaterThan(0)
        expect(period.length).toBeGreaterThan(3)
      }
    }
    expect(file.sites.map(({ site }) => site).sort()).toEqual([
      'bilan',
      'guide-social',
      'monasbl',
      'sweeli',
    ])
    expect(file.format).toBe('myanm-personal-data/1')
    expect(file.account).toBe(accountOf('particulier'))
  })

  test('holds nothing one could come in with', () => {
    for (const secret of [
      'hash-zqxvkj7',
      'sealed-zqxvkj7',
      '7703',
      '7704',
      '$argon2',
      'journey-zqxvkj7',
    ]) {
      expect(text).not.toContain(secret)
      expect(page).not.toContain(secret)
    }
    // What somebody else may have typed with this address by mistake is theirs.
    expect(text).not.toContain('prenom-zqxvkj7')
  })

  test('is mine only: of others, neither names nor identifiers', () => {
    for (const key of ['voisin', 'multi', 'gestionnaire']) {
      expect(text).not.toContain(accountOf(key))
      expect(text).not.toContain(`${key}@exemple.be`)
    }
  })
})

/** Columns that are empty as long as an account is in use. */
const NEVER_OF_AN_ACTIVE_ACCOUNT = new Set([
  'account.deletion_requested_at',
  'account.deleted_at',
  'oidc_artefact.consumed_at',
  'letter.message_id',
  'staff_correction.message_id',
  'registration.letter_id',
  // Of a registration, or of an account: never of both.
  'organisation_draft.registration_id',
])

describe('the file', () => {
  test('is asked for by whoever proved just now who they are, and is written in the journal', async () => {
    const visitor = await comeIn('independant')
    await arrange(
      database,
      `update oidc_artefact set payload = (payload::jsonb || jsonb_build_object('loginTs',
        (payload ->> 'loginTs')::int - 601))::json where kind = 'Session' and account_id = $1`,
      [accountOf('independant')],
    )
    const { status, headers } = await visitor.request(at('/compte/donnees/export.json'))
    expect(status).toBe(303)
    expect(headers.get('location')).toMatch(/max_age=\d+/)
    const fresh = await comeIn('independant')
    const { response } = await fileOf(fresh)
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(response.headers.get('content-disposition')).toMatch(
      /^attachment; filename="mes-donnees-myanm-\d{4}-\d\d-\d\d\.json"$/,
    )
    expect(response.headers.get('cache-control')).toContain('no-store')
    const events = await query<{ event: string }>(
      database,
      'select event from journal where account_id = $1 order by id desc limit 1',
      [accountOf('independant')],
    )
    expect(events).toEqual([{ event: 'data-exported' }])
  })

  test('of somebody with a long history comes whole, before a browser gives up', async () => {
    const visitor = await comeIn('candidat')
    await arrange(
      database,
      `insert into journal (event, account_id) select 'signed-in', $1 from generate_series(1, 100000)`,
      [accountOf('candidat')],
    )
    const started = performance.now()
    const { file } = await fileOf(visitor)
    expect(performance.now() - started).toBeLessThan(30_000)
    expect(tableIn(file, 'journal')?.rows.length).toBeGreaterThan(100_000)
  })
})

describe('what happened to my account', () => {
  test('is told in sentences, the latest first, paged by key', async () => {
    await arrange(
      database,
      `insert into journal (at, event, account_id) select now(), case when n = 60 then 'staff-looked'
        else 'profile-changed' end, $1 from generate_series(1, 60) n`,
      [accountOf('conseiller')],
    )
    const visitor = await comeIn('conseiller', '/compte/donnees/journal')
    const pages = [visitor.page?.text ?? '']
    while (visitor.page?.text.includes('Voir ce qui est plus ancien')) {
      pages.push((await visitor.follow('Voir ce qui est plus ancien')).text)
    }
    expect(pages[0]).toContain('Une personne de l’équipe de l’ANM a consulté votre compte.')
    expect(pages[0]).toContain('Vous vous êtes connecté.')
    const changes = pages.map((text) => text.split('Vos coordonnées ont été modifiées.').length - 1)
    expect(changes.reduce((sum, count) => sum + count, 0)).toBe(59)
    expect(pages.length).toBe(3)
    expect((await visitor.follow('Revenir au plus récent')).text).toContain('consulté votre compte')
  })

  test('shows nobody what happened to somebody else', async () => {
    const visitor = await comeIn('collegue', '/compte/donnees/journal')
    expect(visitor.page?.text).not.toContain('consulté votre compte')
  })

  test.each(['x', '-1', '0', '1e9', '99999999999999999', '%00', "1' or '1'='1", '1&avant=2'])(
    'asked for from « %s » is the first page, or a plain refusal',
    async (before) => {
      const visitor = await comeIn('collegue')
      const page = await visitor.go(at(`/compte/donnees/journal?avant=${before}`))
      expect([200, 400]).toContain(page.status)
    },
  )

  test('is not for visitors', async () => {
    for (const path of [
      '/compte/donnees',
      '/compte/donnees/journal',
      '/compte/donnees/export.json',
    ]) {
      const page = await newVisitor().go(at(path))
      expect(page.url.pathname).toMatch(/^\/connexion\//)
    }
  })
})
