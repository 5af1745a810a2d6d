import { afterAll, beforeAll, expect, test } from '@jest/globals'
import {
  type Page,
  query,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  withDatabase,
} from '@myanm/testing'
import { identifierKey } from '#rules/accounts'
import { arrive, codeIn, goodForm, type Letter, type Newcomer } from './stage/registering.ts'
import { until } from './stage/until.ts'

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

const VARIANTS = [
  'course@exemple.be',
  'Course@Exemple.BE',
  ' COURSE@exemple.be ',
  'ｃourse@exemple.be',
  'course@ｅxemple.be',
]

async function ready(count: number): Promise<Newcomer[]> {
  const newcomers = []
  for (let turn = 0; turn < count; turn += 1) {
    const newcomer = await arrive(myanm)
    await newcomer.visitor.go(`${newcomer.path}/particulier`)
    newcomers.push(newcomer)
  }
  await query(database, 'delete from attempt')
  return newcomers
}

/** All at once, past the limits: those are told of elsewhere. */
async function registerAll(newcomers: readonly Newcomer[], form: (turn: number) => object) {
  const clearing = setInterval(() => void query(database, 'delete from attempt'), 20)
  try {
    return await Promise.all(
      newcomers.map(({ visitor }, turn) =>
        visitor.submit({ fields: form(turn) as Record<string, string> }),
      ),
    )
  } finally {
    clearInterval(clearing)
  }
}

const isWaiting = (page: Page | undefined): boolean =>
  page?.url.pathname.endsWith('/confirmez') ?? false

test('fifty registrations of one address at once, in every spelling, make one account (F27)', async () => {
  const newcomers = await ready(50)
  const form = (turn: number) => ({
    ...goodForm(VARIANTS[turn % VARIANTS.length] ?? ''),
    login: '',
  })
  const pages = await registerAll(newcomers, form)
  for (const page of pages) expect([200, 429, 503]).toContain(page.status)
  // Fifty wait for one row: on a busy machine some wait too long, are told so, and send it again.
  for (const [turn, { visitor, path }] of newcomers.entries()) {
    if (isWaiting(pages[turn])) continue
    await visitor.go(`${path}/particulier`)
    const [again] = await registerAll([{ visitor, path } as Newcomer], () => form(turn))
    if (again) pages[turn] = again
  }
  const waiting = pages.filter(isWaiting)
  expect(waiting).toHaveLength(50)
  const accounts = await query<{ id: string }>(
    database,
    "select id from account where identifier_key(email) = 'course@exemple.be'",
  )
  expect(accounts).toHaveLength(1)
  const registrations = await query<{ fills_account: boolean; account_id: string }>(
    database,
    'select fills_account, account_id from registration',
  )
  expect(registrations).toHaveLength(waiting.length)
  expect(registrations.filter((one) => one.fills_account)).toHaveLength(1)
  expect(new Set(registrations.map((one) => one.account_id)).size).toBe(1)

  // Whoever reads the mailbox opens it, all codes at once: it is opened once. Ten mails an hour leave for
  // one mailbox, in whichever spelling asked first.
  const isTheirs = ({ to }: Letter) => identifierKey(to) === 'course@exemple.be'
  const asking = () =>
    myanm.letters.filter((one) => isTheirs(one) && one.subject.startsWith('Confirmez'))
  await until(() => asking().length > 1, 30_000)
  const codes = asking().map(codeIn)
  const tries = newcomers
    .slice(0, 10)
    .flatMap(({ visitor }) =>
      codes.slice(0, 10).map((code) => visitor.submit({ fields: { code } }).catch(() => undefined)),
    )
  await Promise.all(tries)
  const events = await query(database, "select from journal where event = 'email-confirmed'")
  expect(events.length).toBeLessThanOrEqual(1)
}, 120_000)

test('twenty people who want one login at once: one has it, the others are told (E12)', async () => {
  const newcomers = await ready(20)
  const pages = await registerAll(newcomers, (turn) => ({
    ...goodForm(`voeu${turn}@exemple.be`),
    login: turn % 2 ? 'tres-voulu' : 'Très-Voulu'.replace('è', 'e'),
  }))
  const waiting = pages.filter(isWaiting)
  const told = pages.filter((page) => page.text.includes('est déjà pris.'))
  expect([waiting.length, told.length]).toEqual([1, 19])
  expect(
    await query(database, "select from account where identifier_key(login) = 'tres-voulu'"),
  ).toHaveLength(1)
}, 120_000)

test('two who correct to each other’s address at once both get somewhere', async () => {
  const [one, other] = await ready(2)
  await registerAll([one as Newcomer], () => goodForm('un@exemple.be'))
  await registerAll([other as Newcomer], () => goodForm('deux@exemple.be'))
  const targets = ['deux@exemple.be', 'un@exemple.be']
  const pages = await Promise.all(
    [one, other].map(async (newcomer, turn) => {
      await newcomer?.visitor.go(`${newcomer.path}/adresse`)
      return newcomer?.visitor.submit({ fields: { email: targets[turn] ?? '' } })
    }),
  )
  for (const [turn, page] of pages.entries()) {
    expect([page?.status, page?.text]).toEqual([200, expect.stringContaining(targets[turn] ?? '')])
  }
  const rows = await query<{ email: string; own: string }>(
    database,
    `select registration.email, account.email as own from registration
      join account on account.id = account_id where registration.email in ('un@exemple.be', 'deux@exemple.be')`,
  )
  expect(rows).toHaveLength(2)
  for (const { email, own } of rows) expect(email).toBe(own)
})
