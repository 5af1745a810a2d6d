import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { MOVES } from '#rules/accounts'
import { PATHS } from '#rules/mail'
import {
  gesturesOn,
  maskedEmail,
  measuresOn,
  readOrganisationSearch,
  readSearch,
  refusalToAct,
  refusalToDecide,
  refusalToPropose,
} from './rules.ts'

describe('a search', () => {
  test.each(['', '  ', 'ab', ' a  ', '  a b'])('needs three characters: « %s »', (typed) => {
    if (typed.trim().length >= 3) expect(readSearch(typed)).not.toBeNull()
    else expect(readSearch(typed)).toBeNull()
  })

  test('looks for first and last name in either order, also when one has several words', () => {
    expect(readSearch('Jean de  Smet')?.names).toEqual([
      { given: '%', family: 'Jean de Smet%' },
      { given: 'Jean%', family: 'de Smet%' },
      { given: 'de Smet%', family: 'Jean%' },
      { given: 'Jean de%', family: 'Smet%' },
      { given: 'Smet%', family: 'Jean de%' },
    ])
  })

  test('is a beginning, never a pattern: what is typed cannot list everybody', () => {
    expect(readSearch('%%%')?.key).toBe('\\%\\%\\%%')
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 3 }), (typed) => {
        const search = readSearch(typed)
        if (!search) return
        expect(search.key.slice(0, -1).replaceAll(/\\[\\%_]/g, '')).not.toMatch(/[%_]/)
      }),
      { numRuns: 2000, seed: 1 },
    )
  })
})

test.each([
  ['anne.dupont@exemple.be', 'a…@exemple.be'],
  ['🌊mer@exemple.be', '🌊…@exemple.be'],
  [null, null],
])('the address %s is shown in a list as %s', (email, shown) => {
  expect(maskedEmail(email)).toBe(shown)
})

describe('four eyes', () => {
  const open = { state: 'proposed', account: 'person', proposedBy: 'first' }

  test.each([
    ['second', open, null],
    ['first', open, 'own-proposal'],
    ['person', open, 'own-account'],
    ['second', { ...open, state: 'accepted' }, 'not-now'],
    ['first', { ...open, state: 'withdrawn' }, 'not-now'],
  ] as const)('%s decides on %j: %s', (staff, correction, refusal) => {
    expect(refusalToDecide(staff, correction)).toBe(refusal)
  })

  test('nobody acts on their own account', () => {
    expect(refusalToAct('first', 'first')).toBe('own-account')
    expect(refusalToAct('first', 'person')).toBeNull()
  })

  test.each([
    ['address', 'legacy', false, null],
    ['address', 'active', false, 'not-now'],
    ['address', 'suspended', false, 'not-now'],
    ['second-factor', 'active', true, null],
    ['second-factor', 'active', false, 'not-now'],
    ['second-factor', 'legacy', true, 'not-now'],
  ] as const)('%s of an account that is %s, second factor %s: %s', (kind, state, has, refusal) => {
    expect(refusalToPropose(kind, { state, hasSecondFactor: has })).toBe(refusal)
  })
})

test.each([
  ['active', ['remind-login', 'suspend']],
  ['legacy', ['remind-login', 'address']],
  ['suspended', ['lift']],
  ['unconfirmed', []],
  ['invited', []],
  ['deletion_requested', []],
])('an account that is %s may be helped by %j', (state, gestures) => {
  const account = { state, hasEmail: true, hasSecondFactor: false, isOwn: false }
  expect(gesturesOn(account)).toEqual(gestures)
  expect(gesturesOn({ ...account, isOwn: true })).toEqual([])
})

test('every letter and every state of an account has its words', () => {
  const file = new URL('messages.fr.json', import.meta.url)
  const words = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>
  for (const code of Object.keys(PATHS)) expect(words[`staff.letter.${code}`]).toBeDefined()
  for (const state of Object.keys(MOVES)) {
    if (state !== 'deleted') expect(words[`staff.state.${state}`]).toBeDefined()
  }
})

describe('looking for an organisation', () => {
  test.each([
    ['0566.988.259', { bce: '0566988259', words: '' }],
    ['Les Tilleuls', { bce: null, words: 'les:* & tilleuls:*' }],
    ["l'été & (a|b):*", { bce: null, words: 'l:* & été:* & a:* & b:*' }],
    ['%%%', null],
    ['ab', null],
    ['  ', null],
  ])('%j: beginnings of words, or a number, never an operator', (typed, search) => {
    expect(readOrganisationSearch(typed)).toEqual(search)
  })
})

describe('what two of the team decide about an organisation', () => {
  test.each([
    ['active', false, ['appoint', 'vacant', 'close']],
    ['vacant', false, ['appoint', 'close']],
    ['vacant', true, ['rescue', 'appoint', 'close']],
    ['closed', false, ['reopen']],
  ] as const)('%s, somebody asks to take over and may: %s', (state, hasDueRescue, kinds) => {
    expect(measuresOn({ state, hasDueRescue })).toEqual(kinds)
  })
})
