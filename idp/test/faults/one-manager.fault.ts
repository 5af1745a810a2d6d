import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type TestDatabase, withDatabase } from '@myanm/testing'
import { playAll } from '../stage/interleavings.ts'

// Ahead 4: ten thousand interleavings of everything that may happen to who leads an organisation, crashes
// included. A seed that finds something is kept here, and played for ever.

const SEEDS = Array.from({ length: 20 }, (_, index) => 2026 + index)
const EACH = 500

let database: TestDatabase

beforeAll(async () => {
  database = await withDatabase()
})

afterAll(async () => {
  await database.drop()
})

test('ten thousand interleavings: never two GESTIONNAIRES, and none only where it is vacant', async () => {
  const total = { done: 0, refused: 0, crashed: 0 }
  const moves = new Map<string, number>()
  const began = performance.now()
  for (const seed of SEEDS) {
    const found = await playAll(database, { seed, count: EACH })
    expect(found.violations).toEqual([])
    expect(found.accidents).toEqual([])
    for (const [name, count] of Object.entries(found.done)) {
      moves.set(name, (moves.get(name) ?? 0) + count)
    }
    for (const key of ['done', 'refused', 'crashed'] as const) total[key] += found.steps[key]
  }
  // Each move has changed something now and then: nothing here is refused throughout.
  for (const move of ['propose', 'accept', 'undo', 'remove', 'leave', 'suspend', 'ask-deletion']) {
    expect([move, (moves.get(move) ?? 0) > 10]).toEqual([move, true])
  }
  for (const move of ['merge', 'undo-merge', 'erase', 'invite', 'end-due-roles', 'staff-removal']) {
    expect([move, (moves.get(move) ?? 0) > 10]).toEqual([move, true])
  }
  for (const move of ['declare-vacant', 'accept-invitation', 'approve-request']) {
    expect([move, (moves.get(move) ?? 0) > 10]).toEqual([move, true])
  }
  // Rare: it takes a vacancy, somebody who asks, and nobody who comes in between.
  expect(moves.get('confirm-rescue')).toBeGreaterThan(0)
  const seconds = Math.round((performance.now() - began) / 1000)
  process.stdout.write(
    `${SEEDS.length * EACH} interleavings in ${seconds} s: ${total.done} changes, ${total.refused} refused plainly, ${total.crashed} crashed; ${JSON.stringify(Object.fromEntries(moves))}\n`,
  )
}, 3_600_000)
