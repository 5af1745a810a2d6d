import { describe, expect, test } from '@jest/globals'
import { changedFields, concernsOf, isMailReturned, type Situation } from './rules.ts'

const calm: Situation = {
  hasName: true,
  isMailReturned: false,
  isAddressPending: false,
  isNewsletterPending: false,
  hasSecondFactor: true,
}

describe('what deserves attention', () => {
  test('is nothing when all is well', () => {
    expect(concernsOf(calm)).toEqual([])
  })

  test('is named the most urgent first', () => {
    expect(
      concernsOf({
        hasName: false,
        isMailReturned: true,
        isAddressPending: true,
        isNewsletterPending: true,
        hasSecondFactor: false,
      }),
    ).toEqual([
      'mail-returned',
      'address-pending',
      'name-missing',
      'newsletter-pending',
      'second-factor',
    ])
  })
})

test.each([
  [[], false],
  [[{ code: 'activated', state: 'sent' }], false],
  [[{ code: 'activated', state: 'bounced' }], true],
  [[{ code: 'activated', state: 'given-up' }], true],
  [
    [
      { code: 'locked', state: 'queued' },
      { code: 'activated', state: 'refused' },
    ],
    true,
  ],
  [
    [
      { code: 'locked', state: 'sent' },
      { code: 'activated', state: 'bounced' },
    ],
    false,
  ],
  [
    [
      { code: 'change-email', state: 'bounced' },
      { code: 'activated', state: 'sent' },
    ],
    false,
  ],
])('of %j, the mail has come back: %s', (letters, returned) => {
  expect(isMailReturned(letters)).toBe(returned)
})

test('what another tab has changed is what differs from what was typed', () => {
  const typed = { rue: 'Rue Haute', localite: 'Namur', version: '1' }
  expect(changedFields(typed, { rue: 'Rue Basse', localite: 'Namur', telephone: '' })).toEqual([
    'rue',
  ])
})
