import { expect, test } from '@jest/globals'
import { isStopLink, movesOf, subscriptionOf } from './rules.ts'

const now = new Date('2026-11-21T10:00:00Z')
const ago = (milliseconds: number) => new Date(now.getTime() - milliseconds)
const WEEK = 7 * 24 * 3_600_000

test('nobody subscribes to anything until they confirmed it', () => {
  expect(subscriptionOf(null, now)).toBe('off')
  expect(subscriptionOf({ event: 'asked', at: ago(0) }, now)).toBe('pending')
  expect(subscriptionOf({ event: 'asked', at: ago(WEEK - 1) }, now)).toBe('pending')
  expect(subscriptionOf({ event: 'asked', at: ago(WEEK) }, now)).toBe('off')
  expect(subscriptionOf({ event: 'confirmed', at: ago(100 * WEEK) }, now)).toBe('on')
  expect(subscriptionOf({ event: 'ended', at: ago(0) }, now)).toBe('off')
})

test('saving moves what was moved, and knows only newsletters there are', () => {
  const standing = new Map([
    ['a', 'off'],
    ['b', 'pending'],
    ['c', 'on'],
    ['d', 'on'],
  ] as const)
  expect(movesOf(standing, ['a', 'b', 'd', 'invented'])).toEqual({ on: ['a'], off: ['c'] })
  expect(movesOf(standing, [])).toEqual({ on: [], off: ['b', 'c', 'd'] })
})

test('only links that end something go without a token of a form', () => {
  expect(isStopLink('/newsletter/arret/x')).toBe(true)
  for (const path of ['/newsletter/x', '/newsletter/arret', '/compte/preferences']) {
    expect(isStopLink(path)).toBe(false)
  }
})
