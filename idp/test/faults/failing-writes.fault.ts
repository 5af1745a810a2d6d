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
import { breakTable, contentOf, tablesOf, WAITING_WORK } from '../stage/failing-table.ts'
import { haveWritten, linksIn } from '../stage/letters.ts'
import { arrive, fillIn, GOOD_PASSWORD, lastLetterTo, linkIn } from '../stage/registering.ts'
import { until } from '../stage/until.ts'

// Yardsticks F13: one statement fails, on each table in turn. The request fails closed, nothing is half
// made, and the same again works once the table does.

let database: TestDatabase
let myanm: TestIdp
let tables: readonly string[]
let count = 0

beforeAll(async () => {
  database = await withDatabase()
  myanm = await startTestIdp({ database })
  tables = await tablesOf(database)
})

afterAll(async () => {
  await myanm.stop()
  await database.drop()
})

/** Something a person does, prepared up to the last button. */
interface Step {
  /** Presses it; may be done again. */
  press(): Promise<Page>
  /** Whether it is done. */
  isDone(): Promise<boolean>
}

const at = (path: string) => new URL(path, myanm.issuer)
const idOf = (key: string) => String(myanm.accounts.get(key))
const holds = async (condition: string, values: unknown[]) =>
  (await query(database, `select where ${condition}`, values)).length > 0
const isInState = (account: string, state: string) =>
  holds('exists (select from account where id = $1 and state::text = $2)', [account, state])

async function signedIn(key: string, path: string): Promise<Visitor> {
  const visitor = newVisitor()
  await visitor.go(at(path))
  await typeCredentials(visitor, key)
  if (visitor.page?.url.pathname !== path) throw new Error(visitor.page?.text)
  return visitor
}

async function linkTo(account: string, code: 'reset-password'): Promise<URL> {
  await haveWritten(myanm, { code, account })
  await until(() => myanm.letters.length > 0)
  return linksIn(myanm.letters.at(-1) ?? { html: '' })[0] as URL
}

const steps: Readonly<Record<string, () => Promise<Step>>> = {
  registering: async () => {
    const newcomer = await arrive(myanm)
    const email = `nouveau${count}@exemple.be`
    return {
      press: () => fillIn(newcomer, email),
      isDone: () => holds('exists (select from registration where email = $1)', [email]),
    }
  },
  'confirming an address': async () => {
    const newcomer = await arrive(myanm)
    const email = `nouveau${count}@exemple.be`
    await fillIn(newcomer, email)
    const link = linkIn(await lastLetterTo(myanm, email))
    return {
      press: async () => {
        await newcomer.visitor.go(link)
        return newcomer.visitor.submit()
      },
      isDone: () =>
        holds(`exists (select from account where email = $1 and state = 'active')`, [email]),
    }
  },
  'choosing a new password': async () => {
    const account = idOf('lecteur')
    const link = await linkTo(account, 'reset-password')
    const hash = async () =>
      (
        await query<{ password_hash: string }>(
          database,
          'select password_hash from account where id = $1',
          [account],
        )
      )[0]?.password_hash
    const before = await hash()
    return {
      press: async () => {
        const visitor = newVisitor()
        await visitor.go(link)
        const password = `${GOOD_PASSWORD} ${count}`
        return visitor.submit({ fields: { mot_de_passe: password, confirmation: password } })
      },
      isDone: async () => (await hash()) !== before,
    }
  },
  'asking for another address': async () => {
    const visitor = await signedIn('collegue', '/compte/connexion/adresse')
    const email = `autre${count}@exemple.be`
    return {
      press: async () => {
        await visitor.go(at('/compte/connexion/adresse'))
        return visitor.submit({ fields: { email } })
      },
      isDone: () =>
        holds('exists (select from proof where email = $1 and used_at is null)', [email]),
    }
  },
  'wishing for a newsletter': async () => {
    const visitor = await signedIn('independant', '/compte/preferences')
    const form = 'form[action="/compte/preferences"]'
    return {
      press: async () => {
        await visitor.go(at('/compte/preferences'))
        return visitor.submit({ form, fields: { newsletters: 'emploi' } })
      },
      isDone: () => holds('exists (select from newsletter_consent)', []),
    }
  },
  'asking for deletion': async () => {
    const account = idOf('candidat')
    await arrangeState(database, account, 'active')
    const visitor = await signedIn('candidat', '/compte/donnees/suppression')
    return {
      press: async () => {
        await visitor.go(at('/compte/donnees/suppression'))
        return visitor.submit({
          form: 'form[action="/compte/donnees/suppression"]',
          fields: { compris: 'oui' },
        })
      },
      isDone: () => isInState(account, 'deletion_requested'),
    }
  },
}

const untilSent = () =>
  until(() => holds(`not exists (select from letter where state = 'queued')`, []))

/** What others left is put away, and the queue has come to rest. */
async function tidy(): Promise<void> {
  const resting = `not exists (select from letter where state = 'queued')
    and not ${WAITING_WORK}`
  await until(() => holds(resting, []), 20_000)
  for (const table of ['letter', 'newsletter_consent', 'attempt', 'idp_jobs._private_jobs']) {
    await arrange(database, `delete from ${table}`)
  }
  await arrange(database, 'delete from proof where used_at is null')
  myanm.letters.length = 0
  count += 1
}

describe.each(Object.entries(steps))('%s', (_name, prepare) => {
  test('fails closed whichever table fails, leaves nothing behind, and works when asked again', async () => {
    await tidy()
    const whole = await prepare()
    await untilSent()
    const untouched = await contentOf(database, tables)
    expect((await whole.press()).status).toBeLessThan(400)
    const touched = await contentOf(database, tables)
    const written = tables.filter((table) => touched[table] !== untouched[table])
    // A change, its trace, its letter: one of them alone is nothing.
    expect(written).toContain('idp.journal')
    expect(written.length).toBeGreaterThan(2)

    for (const table of written) {
      await tidy()
      const step = await prepare()
      await untilSent()
      const before = await contentOf(database, tables)
      const mend = await breakTable(database, table)
      const page = await step.press().finally(mend)
      expect([table, page.status]).toEqual([table, 503])
      expect([table, page.text.includes('no line is written')]).toEqual([table, false])
      expect(await contentOf(database, tables)).toEqual(before)
      expect([table, (await step.press()).status < 400]).toEqual([table, true])
      expect([table, await step.isDone()]).toEqual([table, true])
    }
  }, 240_000)
})
