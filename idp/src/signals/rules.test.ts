import { describe, expect, test } from '@jest/globals'
import {
  claimsOf,
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
    for (const status of [200, 204, 303, 401, 403, 404, 500]) {
      expect(verdictOf({ status, text: '' })).toMatchObject({ is: 'failed', at: 'event' })
    }
  })

  test.each([408, 429, 502, 503, 504])('%d: the site is away', (status) => {
    expect(verdictOf({ status, text: '' })).toMatchObject({ is: 'failed', at: 'site' })
  })

  test.each(['invalid_request', 'invalid_issuer', 'invalid_audience', 'access_denied'])(
    '%s is not told again',
    (err) => expect(refusal(err)).toEqual({ is: 'refused', reason: err }),
  )

  test.each(['invalid_key', 'authentication_failed', 'something_new'])('%s may heal', (err) =>
    expect(refusal(err)).toEqual({ is: 'failed', at: 'event', reason: err }),
  )

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
