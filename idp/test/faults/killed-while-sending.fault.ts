import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { client, query, type TestDatabase, withDatabase } from '@myanm/testing'
import { fateOf, linksIn } from '../stage/letters.ts'
import { type OwnProcess, startOwnProcess } from '../stage/own-process.ts'
import { openPostOffice, type PostOffice } from '../stage/post-office.ts'
import { until } from '../stage/until.ts'

// Yardsticks F17, I5: killed with -9 after the post office has read the letter and before MyANM has
// noted so. The letter is sent again: the same link, the same name; never a second link that works.

let database: TestDatabase
let office: PostOffice
let myanm: OwnProcess

const clients = [client({ id: 'partner', name: 'Site partenaire' }), client({ id: 'bilan' })]

beforeAll(async () => {
  database = await withDatabase()
  office = await openPostOffice('hangs')
  myanm = await startOwnProcess({ database, clients, environment: { SMTP_URL: office.url.href } })
}, 60_000)

afterAll(async () => {
  await myanm.stop()
  await office.close()
  await database.drop()
})

test('killed between sending and noting: the same letter again, within two minutes', async () => {
  const [account] = await query<{ id: string }>(
    database,
    `select id from account where login = 'particulier' or email like 'particulier@%'`,
  )
  const [proof] = await query<{ id: string }>(
    database,
    `insert into proof (account_id, purpose, expires_at)
      values ($1, 'reset-password', now() + interval '1 hour') returning id`,
    [account?.id],
  )
  const [letter] = await query<{ id: string }>(
    database,
    `insert into letter (code, account_id, proof_id) values ('reset-password', $1, $2) returning id`,
    [account?.id, proof?.id],
  )
  await query(
    database,
    `select idp_jobs.add_job('send-mail', json_build_object('letter', $1::text))`,
    [letter?.id],
  )

  await until(() => office.letters.length === 1, 10_000)
  const killed = performance.now()
  await myanm.kill()
  expect(await fateOf(database, letter?.id ?? '')).toMatchObject({ state: 'queued' })

  office.turn('takes')
  myanm = await startOwnProcess({ database, clients, environment: myanm.environment })
  await until(() => office.letters.length === 2, 120_000)
  expect(performance.now() - killed).toBeLessThan(120_000)
  await until(async () => (await fateOf(database, letter?.id ?? '')).state === 'sent')

  const [before, after] = office.letters
  expect(after?.mail.messageId).toBe(before?.mail.messageId)
  expect(after?.mail.text).toBe(before?.mail.text)
  expect(linksIn({ html: after?.mail.html ?? '' })).toEqual(
    linksIn({ html: before?.mail.html ?? '' }),
  )
  expect(await query(database, 'select from proof where used_at is null')).toHaveLength(1)
}, 200_000)
