import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { query, startTestIdp, type TestDatabase, type TestIdp, withDatabase } from '@myanm/testing'
import { releaseForgotten } from '#jobs'
import { until } from './stage/until.ts'

// Decision 0017: the queue alone keeps the jobs of a killed process for four hours.

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

const jobs = async () =>
  (
    await query<{ key: string }>(
      database,
      `select key from idp_jobs.jobs where key like 'left-%' order by key`,
    )
  ).map(({ key }) => key)

test('the job of a killed process is done by another within minutes; one in progress is left alone', async () => {
  for (const [key, worker, minutes] of [
    ['left-behind', 'killed', 16],
    ['left-alone', 'alive', 14],
  ] as const) {
    await query(
      database,
      `select from idp_jobs.add_job('send-mail',
        '{"letter": "00000000-0000-0000-0000-000000000000"}',
        job_key => $1, run_at => now() + interval '1 hour')`,
      [key],
    )
    await query(
      database,
      `update idp_jobs._private_jobs set run_at = now(), locked_by = $2, attempts = 1,
          locked_at = now() - $3 * interval '1 minute' where key = $1`,
      [key, worker, minutes],
    )
  }
  expect(await jobs()).toEqual(['left-alone', 'left-behind'])
  await releaseForgotten(myanm.idp.services.db)
  await until(async () => (await jobs()).length === 1, 10_000)
  expect(await jobs()).toEqual(['left-alone'])
})
