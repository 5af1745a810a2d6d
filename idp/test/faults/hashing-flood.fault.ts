import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { client, type TestDatabase, withDatabase } from '@myanm/testing'
import { openDoor } from '../stage/door.ts'
import { type OwnProcess, startOwnProcess } from '../stage/own-process.ts'
import { onTheWire } from '../stage/wire.ts'

// Yardsticks F16: hashing is the most expensive thing a stranger can ask for. Two hundred ask at once,
// each from an address of its own, under a name of its own: the queue is bounded, who finds it full is
// told when to come back, and everything that needs no hash goes on as if nothing were.

const FLOOD = 200

let database: TestDatabase
let myanm: OwnProcess

beforeAll(async () => {
  database = await withDatabase()
  myanm = await startOwnProcess({
    database,
    clients: ['guide-social', 'bilan'].map((id) => client({ id })),
    environment: { HOST: '127.0.0.1', LOG_LEVEL: 'silent' },
  })
}, 60_000)

afterAll(async () => {
  await myanm.stop()
  await database.drop()
})

async function watchKeys(until: Promise<unknown>): Promise<number[]> {
  let isOver = false
  void until.finally(() => {
    isOver = true
  })
  const took: number[] = []
  while (!isOver) {
    const started = performance.now()
    const answer = await fetch(new URL('/jwks', myanm.issuer))
    await answer.arrayBuffer()
    expect(answer.status).toBe(200)
    took.push(performance.now() - started)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return took
}

test('two hundred passwords at once: a bounded queue, and the keys are served meanwhile', async () => {
  const wire = onTheWire(myanm.issuer)
  const doors = []
  for (let turn = 0; turn < FLOOD; turn += 1) {
    const door = await openDoor({ issuer: myanm.issuer, wire }, `127.0.0.${turn + 20}`)
    await door.say(`personne-${turn}`)
    doors.push(door)
  }
  const flood = Promise.all(doors.map((door) => door.attempt('ce n’est pas le mot de passe')))
  const [answers, took] = await Promise.all([flood, watchKeys(flood)])

  const refused = answers.filter(({ status }) => status === 429)
  expect(refused.length).toBeGreaterThan(0)
  for (const { headers } of refused) expect(Number(headers['retry-after'])).toBeGreaterThan(0)
  expect(answers.filter(({ status }) => status !== 429 && status !== 422)).toEqual([])

  const sorted = took.toSorted((left, right) => left - right)
  expect(sorted.length).toBeGreaterThan(10)
  expect(sorted[Math.floor(sorted.length * 0.99)]).toBeLessThan(500)

  // Afterwards, as before: the next one is served.
  const [door] = doors
  expect((await door?.attempt('encore un autre essai'))?.status).toBe(422)
}, 120_000)
