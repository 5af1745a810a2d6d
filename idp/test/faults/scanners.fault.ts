import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import {
  arrange,
  arrangeState,
  newVisitor,
  query,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  withDatabase,
} from '@myanm/testing'
import type { Browser } from 'playwright-core'
import type { LetterCode } from '#mail'
import { carriesProof, PATHS } from '#rules/mail'
import { sharedBrowser } from '../../../packages/testing/src/browser.ts'
import { haveWritten } from '../stage/letters.ts'
import { scan } from '../stage/scanner.ts'
import { until } from '../stage/until.ts'

// Ahead 7: the scanner × every letter: nothing is burnt. Every letter with a link that proves something.

let database: TestDatabase
let myanm: TestIdp
let browser: Browser

beforeAll(async () => {
  database = await withDatabase()
  myanm = await startTestIdp({ database })
  browser = await sharedBrowser()
})

afterAll(async () => {
  await browser.close()
  await myanm.stop()
  await database.drop()
})

beforeEach(() => {
  myanm.letters.length = 0
})

const WITH_PROOF = (Object.keys(PATHS) as LetterCode[]).filter(carriesProof)

/** Who of the scene gets such a letter; somebody whose account is open where nothing is said. */
const WHO: Readonly<Partial<Record<LetterCode, string>>> = {
  'confirm-email': 'non_confirme',
  'first-sign-in': 'ancien',
  deletion: 'candidat',
}

/** The independent one is invited: what the link of that letter is about. */
async function invited(): Promise<string> {
  const [row] = await query<{ id: string }>(
    database,
    `insert into invitation (organisation_id, email, role, invited_by)
      select organisation_id, 'independant@exemple.be', 'LECTEUR', account_id from membership
        where account_id = $1 returning id`,
    [myanm.accounts.get('gestionnaire')],
  )
  return row?.id ?? ''
}

/** Everything a link could change, as one text. */
async function everything(): Promise<string> {
  const tables = [
    'proof',
    'account',
    'account_identifier',
    'newsletter_consent',
    'device',
    'letter',
    'invitation',
    'membership',
  ]
  const rows = await Promise.all(
    tables.map((table) =>
      query<{ text: string }>(
        database,
        `select coalesce(string_agg(one::text, e'\\n' order by one::text), '') as text from ${table} one`,
      ),
    ),
  )
  return rows.map(([row]) => row?.text).join('\n\n')
}

describe.each(WITH_PROOF)('a scanner and the letter « %s »', (code) => {
  test('every link opened in every way: nothing changed, and the link still works', async () => {
    const account = String(myanm.accounts.get(WHO[code] ?? 'independant'))
    await arrange(database, 'delete from letter')
    await arrange(database, 'delete from proof')
    if (code === 'deletion') await arrangeState(database, account, 'deletion_requested')
    if (code === 'newsletter') {
      await arrange(
        database,
        `insert into newsletter_consent (account_id, newsletter, event, how) values ($1, 'emploi', 'asked', 'preferences')`,
        [account],
      )
    }
    await haveWritten(myanm, {
      code,
      account,
      ...(code === 'change-email' && { email: 'nouvelle@exemple.be' }),
      ...(code === 'attach-login' && {
        email: 'ancien@exemple.be',
        subject: String(myanm.accounts.get('ancien')),
      }),
      ...(code === 'invitation' && { subject: await invited() }),
    })
    await until(() => myanm.letters.length === 1)
    await until(
      async () => (await query(database, `select from letter where state = 'sent'`)).length === 1,
    )
    const [letter] = myanm.letters
    const before = await everything()

    const scanned = await scan(letter ?? { html: '' }, browser)

    expect(scanned.length).toBeGreaterThan(0)
    for (const { statuses } of scanned) {
      // Attaching asks who is there first: what has no cookies is not led through signing in.
      const looked = code === 'attach-login' ? statuses.slice(-2) : statuses
      expect(looked.every((status) => status === 200)).toBe(true)
      expect(statuses.every((status) => status < 500)).toBe(true)
    }
    expect(await everything()).toBe(before)
    // The person comes after the scanner, and finds a form that works.
    const person = newVisitor()
    const page = await person.go(scanned[0]?.link ?? '')
    expect(page.status).toBe(200)
    expect(page.$('main form[method=post]').length).toBeGreaterThan(0)
  })
})

const WITHOUT = (Object.keys(PATHS) as LetterCode[]).filter(
  // A letter to somebody without an account leads to the home page.
  (code) => !carriesProof(code) && code !== 'message-received',
)

test.each(WITHOUT)('the letter « %s » leads somewhere that answers', async (code) => {
  await haveWritten(myanm, { code, account: String(myanm.accounts.get('independant')) })
  await until(() => myanm.letters.length === 1)
  for (const { statuses } of await scan(myanm.letters[0] ?? { html: '' }, browser)) {
    // What has no cookies is not led through signing in; a browser is.
    expect(statuses.every((status) => status < 500)).toBe(true)
    expect(statuses.slice(-2)).toEqual([200, 200])
  }
})
