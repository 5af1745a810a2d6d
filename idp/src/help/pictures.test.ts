import { expect, test } from '@jest/globals'
import { readPictures } from './pictures.ts'
import { PICTURES, TOPICS } from './rules.ts'

test('every picture is taken, and every picture of a page is one of them', () => {
  expect([...readPictures().keys()].toSorted()).toEqual([...PICTURES].toSorted())
  const shown = TOPICS.flatMap(({ steps }) => steps.flatMap(({ picture }) => picture ?? []))
  expect([...new Set(shown)].toSorted()).toEqual([...PICTURES].toSorted())
})
