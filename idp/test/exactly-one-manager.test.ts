import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { query, type TestDatabase, withDatabase } from '@myanm/testing'
import { plansOf, playAll } from './stage/interleavings.ts'

// Ahead 4; specification 8.2, invariants 1, 2 and 4. Ten thousand of them: faults/one-manager.fault.ts.

/** What changes something now and then, and is not refused throughout. */
const HAPPENED = [
  'propose',
  'accept',
  'undo',
  'declare-vacant',
  'ask-rescue',
  'merge',
  'undo-merge',
  'erase',
  'invite',
  'end-due-roles',
  'staff-removal',
] as const

let database: TestDatabase

beforeEach(async () => {
  database = await withDatabase()
})

afterEach(async () => {
  await database.drop()
})

test('whatever happens at once, and whatever breaks off: one GESTIONNAIRE, or a vacant organisation', async () => {
  const found = await playAll(database, { seed: 4, count: 300 })
  expect(found.violations).toEqual([])
  expect(found.accidents).toEqual([])
  expect(found.played).toBe(300)
  // It did happen: nothing was refused throughout.
  expect(found.steps.crashed).toBeGreaterThan(10)
  for (const move of HAPPENED) {
    expect([move, (found.done[move] ?? 0) > 0]).toEqual([move, true])
  }
}, 120_000)

test('a seed is the same plans each time', () => {
  expect(plansOf(11, 20)).toEqual(plansOf(11, 20))
  expect(plansOf(11, 20)).not.toEqual(plansOf(12, 20))
})

test('and it would be seen: without the database’s own word, such a bug is found', async () => {
  await query(database, 'drop trigger membership_keeps_one_manager on membership')
  await query(database, 'drop index membership_one_manager')
  const found = await playAll(database, { seed: 4, count: 100 })
  expect(found.violations.length).toBeGreaterThan(0)
}, 60_000)
