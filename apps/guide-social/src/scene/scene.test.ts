import { expect, test } from '@jest/globals'
import { dayOf, readOffer, shortcomingsOf } from '#job-offers'
import { contentOf, readScene } from './index.ts'

const now = new Date('2026-11-21T10:00:00Z')

test('the offers of the scene are offers one could have typed', () => {
  expect(readScene().length).toBeGreaterThanOrEqual(12)
  for (const offer of readScene()) {
    expect(Object.fromEntries(readOffer(offer.typed).mistakes)).toEqual({})
    const content = contentOf(offer, now)
    if (offer.state === 'published' && offer.lasts >= 0) {
      expect([offer.key, ...shortcomingsOf(content, dayOf(now)).keys()]).toEqual([offer.key])
    }
  }
})
