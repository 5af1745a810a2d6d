import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import {
  arrange,
  newVisitor,
  query,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  withDatabase,
} from '@myanm/testing'
import { listUndelivered, post, sendAgain } from '#mail'
import { fateOf, haveWritten, linksIn } from '../stage/letters.ts'
import { type Manner, openPostOffice, type PostOffice } from '../stage/post-office.ts'
import { until } from '../stage/until.ts'

// Yardsticks F17: post offices that are away, slow, that refuse, that hang. Real SMTP, real queue.

let database: TestDatabase
let first: PostOffice
let second: PostOffice
let myanm: TestIdp
let account: string

beforeAll(async () => {
  database = await withDatabase()
  first = await openPostOffice()
  second = await openPostOffice()
  myanm = await startTestIdp({
    database,
    post: 'smtp',
    settings: { SMTP_URL: first.url, SMTP_SECOND_URL: second.url },
  })
  account = myanm.accounts.get('particulier') ?? ''
})

afterAll(async () => {
  await myanm.stop()
  await Promise.all([first.close(), second.close()])
  await database.drop()
})

beforeEach(async () => {
  await arrange(database, 'delete from letter')
  await arrange(database, 'delete from proof')
  first.turn('takes')
  second.turn('takes')
})

const stateOf = async (letter: string) => (await fateOf(database, letter)).state
const untilNotTaken = (letter: string) =>
  until(async () => (await fateOf(database, letter)).last_reason !== null)
const arrivedAt = (office: PostOffice, letter: string) =>
  office.letters.filter(({ mail }) => mail.messageId?.includes(letter))

describe('with both ways out', () => {
  test('a letter leaves by the first', async () => {
    const letter = await haveWritten(myanm, { code: 'reset-password', account })
    await until(async () => (await stateOf(letter)) === 'sent')
    expect(arrivedAt(first, letter)).toHaveLength(1)
    expect(arrivedAt(second, letter)).toHaveLength(0)
    expect(await fateOf(database, letter)).toEqual({ state: 'sent', tries: 1, last_reason: null })
  })

  test.each<Manner>(['busy', 'later'])(
    'first %s: the second takes over at once',
    async (manner) => {
      first.turn(manner)
      const letter = await haveWritten(myanm, { code: 'reset-password', account })
      await until(() => arrivedAt(second, letter).length > 0, 5000)
      await until(async () => (await stateOf(letter)) === 'sent')
    },
  )

  test('first hanging once it has read: the second takes over, with the same letter', async () => {
    first.turn('hangs')
    const letter = await haveWritten(myanm, { code: 'reset-password', account })
    await until(() => arrivedAt(second, letter).length > 0, 25_000)
    const [there] = arrivedAt(first, letter)
    const [here] = arrivedAt(second, letter)
    expect(here?.mail.messageId).toBe(there?.mail.messageId)
    expect(linksIn({ html: here?.mail.html ?? '' })).toEqual(
      linksIn({ html: there?.mail.html ?? '' }),
    )
  })

  test('an outage of the first: 40 letters, none lost, none later than two minutes', async () => {
    await first.close()
    try {
      const started = performance.now()
      const letters: string[] = []
      for (let one = 0; one < 40; one += 1) {
        letters.push(await haveWritten(myanm, { code: 'password-changed', account }))
      }
      await until(() => letters.every((letter) => arrivedAt(second, letter).length === 1), 120_000)
      expect(performance.now() - started).toBeLessThan(120_000)
    } finally {
      await first.open()
    }
  })
})

describe('with both ways out closed', () => {
  beforeEach(() => Promise.all([first.close(), second.close()]))
  afterEach(async () => {
    await Promise.all([first.open(), second.open()])
  })

  test('a letter waits, is tried again with growing pauses, and leaves when one is back', async () => {
    const letter = await haveWritten(myanm, { code: 'reset-password', account })
    await untilNotTaken(letter)
    const [{ pause } = { pause: 0 }] = await query<{ pause: number }>(
      database,
      'select extract(epoch from next_try_at - now())::float8 as pause from letter where id = $1',
      [letter],
    )
    expect(pause).toBeGreaterThan(2)
    expect((await fateOf(database, letter)).last_reason).toMatch(/^away CONN/)
    await until(async () => (await fateOf(database, letter)).tries === 2, 15_000)
    await first.open()
    await until(() => arrivedAt(first, letter).length === 1, 30_000)
    await until(async () => (await stateOf(letter)) === 'sent')
  })

  test('a long outage: what waited for hours leaves within two minutes of its end', async () => {
    const letters: string[] = []
    for (let one = 0; one < 20; one += 1) {
      letters.push(await haveWritten(myanm, { code: 'password-changed', account }))
    }
    const untried = () => query(database, 'select from letter where last_reason is null')
    await until(async () => (await untried()).length === 0, 30_000)
    // As after hours of it: each is due in a long while only, and so is its job.
    await arrange(
      database,
      `update letter set tries = 9, next_try_at = now() + interval '50 minutes'`,
    )
    await arrange(
      database,
      `update idp_jobs._private_jobs set run_at = now() + interval '50 minutes'
      where key like 'letter:%'`,
    )
    await first.open()
    const back = performance.now()
    await until(() => letters.every((letter) => arrivedAt(first, letter).length === 1), 120_000)
    expect(performance.now() - back).toBeLessThan(120_000)
  }, 180_000)

  test('nothing is queued by a change that was undone, everything by one that was not', async () => {
    const { db } = myanm.idp.services
    await expect(
      db.transaction().execute(async (tx) => {
        await post(tx, { code: 'password-changed', account })
        throw new Error('undone')
      }),
    ).rejects.toThrow('undone')
    expect(await query(database, 'select from letter')).toEqual([])
    expect(await query(database, `select from idp_jobs.jobs where key like 'letter:%'`)).toEqual([])
    await db.transaction().execute((tx) => post(tx, { code: 'password-changed', account }))
    expect(await query(database, 'select from letter')).toHaveLength(1)
  })
})

describe('refused', () => {
  test.each<Manner>(['never', 'rejects'])(
    'for good (%s): visible at once, not tried again',
    async (manner) => {
      first.turn(manner)
      const letter = await haveWritten(myanm, { code: 'password-changed', account })
      await until(async () => (await stateOf(letter)) === 'refused')
      expect(await fateOf(database, letter)).toEqual({
        state: 'refused',
        tries: 1,
        // Codes, not the words, which repeat the address.
        last_reason:
          manner === 'never'
            ? 'never RCPT TO 550 5.1.1 EENVELOPE'
            : 'never DATA 554 5.7.1 EMESSAGE',
      })
      const { letters, total } = await listUndelivered(myanm.idp.services.db, 1)
      expect(total).toBe(1)
      expect(letters).toEqual([
        expect.objectContaining({ id: letter, account_id: account, state: 'refused' }),
      ])
      expect(arrivedAt(second, letter)).toHaveLength(0)
    },
  )

  test('staff send it again, once: it leaves as it was', async () => {
    const { db } = myanm.idp.services
    first.turn('never')
    const letter = await haveWritten(myanm, { code: 'password-changed', account })
    await until(async () => (await stateOf(letter)) === 'refused')
    first.turn('takes')
    const both = await Promise.all(
      [1, 2].map(() => db.transaction().execute((tx) => sendAgain(tx, letter))),
    )
    expect(both.sort()).toEqual(['queued', 'unknown'])
    await until(() => arrivedAt(first, letter).length === 1)
    await until(async () => (await stateOf(letter)) === 'sent')
    expect((await listUndelivered(db, 1)).total).toBe(0)
  })

  test('what was tried for two days is given up, and visible', async () => {
    first.turn('later')
    second.turn('later')
    const letter = await haveWritten(myanm, { code: 'password-changed', account })
    await untilNotTaken(letter)
    await arrange(database, `update letter set queued_at = now() - interval '48 hours'`)
    await until(async () => (await stateOf(letter)) === 'given-up', 15_000)
    expect((await listUndelivered(myanm.idp.services.db, 1)).total).toBe(1)
  })

  test('no letter leaves whose link works no longer', async () => {
    const { db } = myanm.idp.services
    first.turn('later')
    second.turn('later')
    const letter = await haveWritten(myanm, { code: 'reset-password', account })
    await untilNotTaken(letter)
    await arrange(database, `update proof set expires_at = now()`)
    first.turn('takes')
    await until(async () => (await stateOf(letter)) === 'given-up', 15_000)
    expect((await fateOf(database, letter)).last_reason).toBe('link expired')
    expect(arrivedAt(first, letter)).toHaveLength(0)
    expect(await db.transaction().execute((tx) => sendAgain(tx, letter))).toBe('link-over')
  })
})

describe('whatever becomes of the letter', () => {
  const MANNERS: readonly (Manner | 'closed')[] = [
    'takes',
    'busy',
    'later',
    'never',
    'hangs',
    'closed',
  ]

  test('the page says the same, as fast', async () => {
    const answers: { status: number; text: string; milliseconds: number }[] = []
    for (const manner of MANNERS) {
      await arrange(database, 'delete from attempt')
      if (manner === 'closed') await Promise.all([first.close(), second.close()])
      else {
        first.turn(manner)
        second.turn(manner)
      }
      const visitor = newVisitor()
      await visitor.go(new URL('/mot-de-passe/oublie', myanm.issuer))
      const started = performance.now()
      const page = await visitor.submit({ fields: { identifiant: 'particulier' } })
      answers.push({
        status: page.status,
        text: page.text,
        milliseconds: performance.now() - started,
      })
    }
    await Promise.all([first.open(), second.open()])
    for (const answer of answers) {
      expect([answer.status, answer.text]).toEqual([200, answers[0]?.text])
      // No page waits for a post office, which may take ten seconds to say nothing.
      expect(answer.milliseconds).toBeLessThan(2000)
    }
  })
})
