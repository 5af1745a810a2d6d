import { expect, test } from '@jest/globals'
import { hashClientSecret, isOneOfOurSites } from './rules.ts'

test('what is kept of a secret is not the secret, and does not pass for it', () => {
  const kept = hashClientSecret('a-secret')
  expect(kept).toMatch(/^[\w-]{43}$/)
  expect(hashClientSecret('a-secret')).toBe(kept)
  expect(hashClientSecret(kept)).not.toBe(kept)
})

test('the look knows four sites, by their exact names', () => {
  for (const site of ['guide-social', 'monasbl', 'sweeli', 'bilan']) {
    expect(isOneOfOurSites(site)).toBe(true)
  }
  for (const other of ['', 'partner', 'GUIDE-SOCIAL', '__proto__', 'toString', '../guide-social']) {
    expect(isOneOfOurSites(other)).toBe(false)
  }
})
