import { expect, test } from '@jest/globals'
import type { Standing } from '#job-offers'
import { readShelf, SHELF_NAMES, shelfOf } from './shelf.ts'

test('every standing has its shelf', () => {
  const standings: readonly Standing[] = ['draft', 'published', 'expired', 'withdrawn', 'deleted']
  for (const standing of standings) expect(SHELF_NAMES).toContain(shelfOf(standing))
})

test('an unknown shelf is the whole list', () => {
  expect(readShelf('brouillons')).toBe('brouillons')
  expect(readShelf('cave')).toBeNull()
  expect(readShelf(undefined)).toBeNull()
})
