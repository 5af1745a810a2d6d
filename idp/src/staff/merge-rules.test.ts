import { describe, expect, test } from '@jest/globals'
import { type Candidate, likelyKept, refusalToMerge } from './merge-rules.ts'

const led: Candidate = {
  state: 'active',
  hasCeased: false,
  members: 3,
  registeredAt: new Date('2026-03-01'),
}

describe('of two organisations that are one, what probably stays is', () => {
  test.each([
    ['the one the register still has', led, { ...led, hasCeased: true, members: 9 }],
    ['the one that is led', led, { ...led, state: 'vacant', members: 9 }],
    ['the larger team', { ...led, members: 4 }, { ...led, registeredAt: new Date('2025-01-01') }],
    ['the one that was here first', led, { ...led, registeredAt: new Date('2026-03-02') }],
  ] as const)('%s', (_, kept, gone) => {
    expect(likelyKept(kept, gone)).toBe('one')
    expect(likelyKept(gone, kept)).toBe('other')
  })
})

describe('two organisations', () => {
  const of = (id: string, kind = 'organisme', state = 'active') => ({ id, kind, state })
  test.each([
    ['both led', of('a'), of('b'), null],
    ['the one that goes led by nobody', of('a'), of('b', 'organisme', 'vacant'), null],
    ['the one that stays led by nobody', of('a', 'organisme', 'vacant'), of('b'), 'not-led'],
    ['one closed', of('a'), of('b', 'organisme', 'closed'), 'closed'],
    ['of two kinds', of('a'), of('b', 'academie'), 'other-kind'],
    ['that are one and the same', of('a'), of('a'), 'same'],
  ] as const)('%s', (_, kept, gone, refusal) => {
    expect(refusalToMerge(kept, gone)).toBe(refusal)
  })
})
