import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { connect } from '@myanm/database'
import {
  arrangeState,
  query,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  withDatabase,
} from '@myanm/testing'
import { attachLegacy, previewAttachment } from '../src/legacy/index.ts'
import type { Tables } from '../src/tables.ts'
import { signsIn } from './stage/team.ts'

let database: TestDatabase
let myanm: TestIdp
let connection: ReturnType<typeof connect<Tables>>

beforeEach(async () => {
  database = await withDatabase()
  myanm = await startTestIdp({ database })
  connection = connect<Tables>({ url: database.urlFor('idp'), name: 'attach', max: 8 })
})

afterEach(async () => {
  await connection.close()
  await myanm.stop()
  await database.drop()
})

const idOf = (key: string): string => myanm.accounts.get(key) ?? ''
const attach = (account: string, legacyAccount = 'ancien') =>
  connection.db
    .transaction()
    .execute((tx) =>
      attachLegacy(tx, { account: idOf(account), legacyAccount: idOf(legacyAccount) }),
    )

const rolesOf = (key: string) =>
  query<{ name: string; role: string }>(
    database,
    `select name, role::text from membership join organisation on organisation.id = organisation_id
      where account_id = $1 and membership.state = 'active' order by name`,
    [idOf(key)],
  )

describe('an old account that becomes part of one’s own (M24)', () => {
  test('is shown beforehand: what stays, what it said, what it brings', async () => {
    const preview = await previewAttachment(connection.db, {
      account: idOf('particulier'),
      legacyAccount: idOf('ancien'),
    })
    expect(preview).toEqual({
      differences: [
        { field: 'name', kept: 'Particulier Dupont', other: 'Ancien Dupont' },
        { field: 'login', kept: 'particulier', other: 'ancien' },
        { field: 'email', kept: 'particulier@exemple.be', other: 'ancien@exemple.be' },
      ],
      organisations: ['Le Tremplin ASBL'],
    })
  })

  test('leaves its login, its roles and its origin, and is gone', async () => {
    expect(await attach('particulier')).toEqual({ attached: true })
    expect(await rolesOf('particulier')).toEqual([
      { name: 'Le Tremplin ASBL', role: 'GESTIONNAIRE' },
    ])
    const [account] = await query(
      database,
      'select login, email, given_name, account_type from account where id = $1',
      [idOf('particulier')],
    )
    expect(account).toEqual({
      login: 'particulier',
      email: 'particulier@exemple.be',
      given_name: 'Particulier',
      account_type: 'organisme',
    })
    expect(await query(database, 'select from account where id = $1', [idOf('ancien')])).toEqual([])
    const origins = await query(
      database,
      'select site, login from legacy_identity where account_id = $1',
      [idOf('particulier')],
    )
    expect(origins).toEqual([{ site: 'guide-social', login: 'ancien' }])
    // The old login opens the account, with the password of the account.
    const visitor = await signsIn(myanm.issuer, 'ANCIEN')
    expect(visitor.page?.url.pathname).toBe('/compte')
    expect(visitor.page?.text).toContain('Particulier Dupont')
    // The old address is nobody's: it may be somebody else's one day.
    const freed = await query(database, 'select from account_identifier where key = $1', [
      'ancien@exemple.be',
    ])
    expect(freed).toEqual([])
    const events = await query(
      database,
      "select details from journal where account_id = $1 and event = 'legacy-merged'",
      [idOf('particulier')],
    )
    expect(events).toEqual([{ details: { from: idOf('ancien') } }])
  })

  test('keeps the higher of two roles in one organisation, and one GESTIONNAIRE', async () => {
    await query(
      database,
      `insert into membership (account_id, organisation_id, role)
        select $1, organisation_id, 'LECTEUR' from membership where account_id = $2`,
      [idOf('multi'), idOf('ancien')],
    )
    await attach('multi')
    expect(await rolesOf('multi')).toEqual([
      { name: 'Le Passage ASBL', role: 'RESPONSABLE' },
      { name: 'Le Tremplin ASBL', role: 'GESTIONNAIRE' },
      { name: 'Les Tilleuls ASBL', role: 'COLLABORATEUR' },
    ])
  })

  test.each([
    ['suspended', 'legacy', 'not-active'],
    ['active', 'suspended', 'not-legacy'],
  ])(
    'into one that is %s, from one that is %s: refused, nothing changes',
    async (into, from, because) => {
      await arrangeState(database, idOf('particulier'), into)
      await arrangeState(database, idOf('ancien'), from)
      const before = JSON.stringify(await query(database, 'select * from account order by id'))
      expect(await attach('particulier')).toEqual({ attached: false, because })
      expect(JSON.stringify(await query(database, 'select * from account order by id'))).toBe(
        before,
      )
    },
  )

  test('is one person’s, when two attach it at the same moment', async () => {
    const outcomes = await Promise.all([attach('particulier'), attach('multi'), attach('lecteur')])
    expect(outcomes.filter(({ attached }) => attached)).toHaveLength(1)
  })
})
