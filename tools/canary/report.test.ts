import { expect, test } from '@jest/globals'
import { complaintsOf, tableOf } from './report.ts'

const never = Number.POSITIVE_INFINITY
const times = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

test('a site whose every change was acknowledged and seen in time is nothing to complain of', () => {
  expect(complaintsOf([{ site: 'sweeli', acknowledged: [12, 1000], seen: [15, 999] }])).toEqual([])
})

test.each([
  [
    { acknowledged: [12, never], seen: [15, 15] },
    'sweeli did not acknowledge 1 of 2 changes at all.',
  ],
  [{ acknowledged: [12, 13], seen: [never, never] }, 'sweeli did not show 2 of 2 changes at all.'],
  [
    { acknowledged: [12, 1001], seen: [15, 16] },
    'sweeli acknowledged 1 of 2 changes after more than 1000 ms, at worst 1001 ms.',
  ],
  [
    { acknowledged: [12, 13], seen: [15, 2500.4] },
    'sweeli showed 1 of 2 changes after more than 1000 ms, at worst 2500 ms.',
  ],
])('%j is complained of', (latency, sentence) => {
  expect(complaintsOf([{ site: 'sweeli', ...latency }])).toEqual([sentence])
})

test('nothing measured is not a success', () => {
  expect(complaintsOf([])).toHaveLength(1)
  expect(complaintsOf([{ site: 'sweeli', acknowledged: [], seen: [] }])).toHaveLength(2)
})

test('the table has the three figures of both, says never, and what p99 of few is', () => {
  const of = (count: number) => [{ site: 'sweeli', acknowledged: times(count), seen: times(count) }]
  expect(tableOf(of(200))).toMatch(/sweeli\s+100 ms\s+190 ms\s+198 ms\s+100 ms\s+190 ms\s+198 ms\n/)
  expect(tableOf(of(200))).not.toContain('largest')
  expect(tableOf(of(20))).toContain('p99 of 20 changes is the largest of them.')
  expect(tableOf([{ site: 'sweeli', acknowledged: [1, 2, never], seen: [1, 2, 3] }])).toMatch(
    /2 ms\s+never\s+never\s+2 ms\s+3 ms\s+3 ms/,
  )
})
