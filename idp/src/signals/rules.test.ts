import { describe, expect, test } from '@jest/globals'
import {
  claimsOf,
  elapsed,
  type News,
  pauseAfter,
  SESSION_REVOKED,
  TOKEN_CLAIMS_CHANGE,
  verdictOf,
} from './rules.ts'

const news: News = {
  kind: 'rights-changed',
  subject: 'k7Q',
  issuer: 'https://myanm.example',
  sid: null,
  rightsVersion: 42,
  at: new Date('2026-11-22T10:00:00.900Z'),
}

describe('what a site is told', () => {
  test('that something has changed, for whom and when: nothing else', () => {
    expect(claimsOf(news)).toEqual({
      sub_id: { format: 'iss_sub', iss: 'https://myanm.example', sub: 'k7Q' },
      events: {
        [TOKEN_CLAIMS_CHANGE]: { event_timestamp: 1795341600, claims: { rights_version: 42 } },
      },
    })
  })

  test('which session has ended, as that site calls it', () => {
    expect(claimsOf({ ...news, kind: 'sessions-ended', sid: 's1' })).toEqual({
      sub_id: {
        format: 'complex',
        user: { format: 'iss_sub', iss: 'https://myanm.example', sub: 'k7Q' },
        session: { format: 'opaque', id: 's1' },
      },
      events: { [SESSION_REVOKED]: { event_timestamp: 1795341600 } },
    })
  })
})

describe('what an answer means (RFC 8935)', () => {
  const refusal = (err: unknown) => verdictOf({ status: 400, text: JSON.stringify({ err }) })

  test('202 and nothing else is an acknowledgement', () => {
    expect(verdictOf({ status: 202, text: '' })).toEqual({ is: 'acknowledged' })
    for (const status of [200, 204, 303, 401, 403, 404, 405, 408, 410, 429, 502, 503, 504]) {
      expect(verdictOf({ status, text: '' })).toMatchObject({ is: 'failed', at: 'site' })
    }
  })

  test.each([400, 413, 422, 500])('%d: the site broke at this event', (status) => {
    const reason = `answered ${status}`
    expect(verdictOf({ status, text: '' })).toEqual({ is: 'failed', at: 'event', reason })
  })

  test.each(['invalid_request', 'access_denied'])('%s is not told again', (err) =>
    expect(refusal(err)).toEqual({ is: 'refused', reason: err }),
  )

  test.each(['invalid_key', 'invalid_issuer', 'invalid_audience', 'authentication_failed'])(
    '%s is said of any event, and heals with the next deployment',
    (err) => expect(refusal(err)).toEqual({ is: 'failed', at: 'site', reason: err }),
  )

  test('a code one has never heard of may heal', () =>
    expect(refusal('something_new')).toEqual({
      is: 'failed',
      at: 'event',
      reason: 'something_new',
    }))

  test.each(['', 'no JSON', 'null', '[]', '{"err":5}', '{"err":"<script>"}'])(
    'a refusal without a code, %j, is a failure like any other',
    (text) => expect(verdictOf({ status: 400, text })).toMatchObject({ is: 'failed' }),
  )
})

test('pauses grow from a second to half a minute', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 1000].map(pauseAfter)).toEqual([
    1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000,
  ])
})

test('how long ago is told in the largest unit that says something', () => {
  const told = (seconds: number) => Object.values(elapsed(seconds * 1000)).join(' ')
  expect([-3, 0, 0.4, 12, 119, 120, 7199, 7200, 172_799, 172_800, 6e5].map(told)).toEqual([
    ...['0 second', '0 second', '0 second', '12 second', '119 second'],
    ...['2 minute', '119 minute', '2 hour', '47 hour', '2 day', '6 day'],
  ])
})
