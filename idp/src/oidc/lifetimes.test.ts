import { describe, expect, test } from '@jest/globals'
import { LIFETIMES, lastMoment, lastSign, refreshLifetime, sessionLifetime } from './lifetimes.ts'

const MINUTE = 60
const HOUR = 3600
const DAY = 24 * HOUR
const NOW = 1_800_000_000

test('a code lives a minute at most (RFC 9700 4.2), an access token ten', () => {
  expect(LIFETIMES.AuthorizationCode).toBe(MINUTE)
  expect(LIFETIMES.PushedAuthorizationRequest).toBe(MINUTE)
  expect(LIFETIMES.AccessToken).toBe(10 * MINUTE)
  expect(LIFETIMES.IdToken).toBe(10 * MINUTE)
})

describe('a session (4.3.5)', () => {
  test.each([
    [0, 30 * MINUTE],
    [11 * HOUR, 30 * MINUTE],
    [11 * HOUR + 30 * MINUTE, 30 * MINUTE],
    [11 * HOUR + 45 * MINUTE, 15 * MINUTE],
    [12 * HOUR - 1, 1],
    [12 * HOUR, 1],
    [13 * HOUR, 1],
  ])('signed in %i seconds ago may stay %i more', (age, left) => {
    expect(sessionLifetime({ loginTs: NOW - age, transient: true }, NOW)).toBe(left)
  })

  test.each([
    [0, 30 * DAY],
    [29 * DAY, DAY],
    [31 * DAY, 1],
  ])('of somebody who asked to stay, %i seconds ago, %i more', (age, left) => {
    expect(sessionLifetime({ loginTs: NOW - age }, NOW)).toBe(left)
  })

  test('of nobody yet stays an hour', () => {
    expect(sessionLifetime({}, NOW)).toBe(HOUR)
  })

  test('has a last moment, whatever keeps it busy', () => {
    const short = { loginTs: NOW, transient: true }
    expect(lastMoment('Session', short)).toBe(NOW + 12 * HOUR)
    expect(lastMoment('Session', { loginTs: NOW })).toBe(NOW + 30 * DAY)
    expect(lastMoment('Session', {})).toBe(Number.POSITIVE_INFINITY)
    // Kept alive second by second past its end: the moment does not move.
    for (let now = NOW; now < NOW + 13 * HOUR; now += 10 * MINUTE) {
      const end = Math.min(now + sessionLifetime(short, now), lastMoment('Session', short))
      expect(end).toBeLessThanOrEqual(NOW + 12 * HOUR)
    }
  })
})

describe('a refresh token (ASVS 10.4.8)', () => {
  test('never outlives the sign-in it comes from by more than thirty days', () => {
    expect(refreshLifetime(NOW, NOW)).toBe(30 * DAY)
    expect(refreshLifetime(NOW - 29 * DAY, NOW)).toBe(DAY)
    expect(refreshLifetime(NOW - 40 * DAY, NOW)).toBe(1)
    expect(lastMoment('RefreshToken', { authTime: NOW })).toBe(NOW + 30 * DAY)
  })

  test('of an unknown sign-in counts from now', () => {
    expect(refreshLifetime(undefined, NOW)).toBe(30 * DAY)
  })
})

test('what has no such end is left alone', () => {
  for (const kind of ['AccessToken', 'Grant', 'AuthorizationCode', 'Interaction']) {
    expect(lastMoment(kind, { loginTs: NOW, authTime: NOW })).toBe(Number.POSITIVE_INFINITY)
  }
})

test('a last sign of life is read back from the end, where the end depends on it', () => {
  const loginTs = NOW - HOUR
  for (const seen of [loginTs, NOW - 5 * MINUTE, NOW]) {
    const end = seen + sessionLifetime({ loginTs, transient: true }, seen)
    expect(lastSign({ loginTs, transient: true }, end)).toBe(seen)
  }
  const stays = { loginTs, transient: false }
  expect(lastSign(stays, NOW + sessionLifetime(stays, NOW))).toBeNull()
  expect(lastSign({ loginTs, transient: true }, loginTs + 12 * HOUR)).toBeNull()
})
