import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { arrangeState, query, startTestIdp, type TestDatabase, withDatabase } from '@myanm/testing'
import { MOVES } from '../src/accounts/rules.ts'

let database: TestDatabase
let accounts: ReadonlyMap<string, string>

beforeAll(async () => {
  database = await withDatabase()
  const myanm = await startTestIdp({ database })
  ;({ accounts } = myanm)
  await myanm.stop()
})

afterAll(() => database.drop())

const idOf = (key: string): string => accounts.get(key) ?? ''

const refused = (statement: string, values: unknown[] = []): Promise<string> =>
  query(database, statement, values).then(
    () => 'allowed',
    (error: { constraint?: string }) => error.constraint ?? String(error),
  )

describe('the life of an account', () => {
  test('is drawn once: the database allows the moves of the drawing and no other', async () => {
    const rows = await query<{ from: string; to: string }>(
      database,
      'select "from"::text, "to"::text from account_move',
    )
    const drawn = Object.entries(MOVES).flatMap(([from, targets]) =>
      targets.map((to) => `${from} → ${to}`),
    )
    expect(rows.map(({ from, to }) => `${from} → ${to}`).sort()).toEqual(drawn.sort())
  })

  test.each([
    ['active', 'legacy'],
    ['active', 'deleted'],
    ['suspended', 'deletion_requested'],
    ['deleted', 'active'],
    ['unconfirmed', 'suspended'],
  ])('does not go from %s to %s', async (from, to) => {
    await arrangeState(database, idOf('particulier'), from)
    const answer = await refused('update account set state = $2 where id = $1', [
      idOf('particulier'),
      to,
    ])
    expect(answer).toBe('account_moves_as_drawn')
  })
})

describe('what one types to sign in', () => {
  const taken = (column: 'login' | 'email', value: string) =>
    refused(`update account set ${column} = $2 where id = $1`, [idOf('voisin'), value])

  test.each(['multi', 'MULTI', ' Multi ', 'ｍｕｌｔｉ', 'multi@exemple.be', 'Multi@EXEMPLE.be'])(
    'belongs to one account: %s is somebody’s',
    async (value) => {
      expect(await taken('login', value)).toMatch(/^account_(login_key|identifier_pkey)$/)
      expect(await taken('email', value)).toMatch(/^account_(email_key|identifier_pkey)$/)
    },
  )

  test('is known by its letters, not by how a keyboard composes them', async () => {
    await query(database, 'update account set login = $2 where id = $1', [idOf('multi'), 'Élodie'])
    expect(await taken('login', 'e\u0301lodie')).toBe('account_login_key')
    await query(database, 'update account set login = $2 where id = $1', [idOf('multi'), 'multi'])
  })

  test('is free again when its owner takes another', async () => {
    await query(database, 'update account set login = $2 where id = $1', [idOf('multi'), 'autre'])
    expect(await taken('login', 'multi')).toBe('allowed')
    await query(database, 'update account set login = $2 where id = $1', [idOf('voisin'), 'voisin'])
    await query(database, 'update account set login = $2 where id = $1', [idOf('multi'), 'multi'])
  })

  test('may be the same for login and address of one person', async () => {
    expect(await taken('login', 'voisin@exemple.be')).toBe('allowed')
    const keys = await query(database, 'select key from account_identifier where account_id = $1', [
      idOf('voisin'),
    ])
    expect(keys).toEqual([{ key: 'voisin@exemple.be' }])
  })

  test('taken by fifty at once has one owner', async () => {
    const everybody = [...accounts.values()]
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, turn) =>
        refused('update account set email = $2 where id = $1', [
          everybody[turn % everybody.length],
          turn % 2 ? 'Nouvelle@Exemple.be' : 'nouvelle@exemple.be',
        ]),
      ),
    )
    const owners = await query(
      database,
      "select distinct account_id from account_identifier where key = 'nouvelle@exemple.be'",
    )
    expect(owners).toHaveLength(1)
    expect(answers).toContain('allowed')
    for (const answer of answers) {
      expect(answer).toMatch(/^(allowed|account_email_key|account_identifier_pkey)$/)
    }
  })
})
