import { expect, test } from '@jest/globals'
import { isCovered } from './rules.ts'

test('only what was agreed to is covered: all of it, or the person is asked', () => {
  expect(isCovered([], [])).toBe(true)
  expect(isCovered(['openid'], ['openid', 'email'])).toBe(true)
  expect(isCovered(['openid', 'email'], ['openid'])).toBe(false)
  expect(isCovered(['email'], [])).toBe(false)
  expect(isCovered(['Email'], ['email'])).toBe(false)
})
