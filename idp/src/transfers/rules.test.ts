import { describe, expect, test } from '@jest/globals'
import { ROLES } from '@myanm/permissions'
import { type Accepted, answersFor, isOpenToObjections, mayUndo } from './rules.ts'

const NOW = new Date('2026-11-22T10:00:00Z')
const accepted: Accepted = {
  undoUntil: new Date('2026-11-25T10:00:00Z'),
  isLatest: true,
  leads: 'marie',
  from: { account: 'anne', isMember: true, isActive: true },
  to: 'marie',
}

describe('what was accepted', () => {
  test('is undone by either of the two, and by nobody else', () => {
    expect(mayUndo(accepted, 'anne', NOW)).toBe(true)
    expect(mayUndo(accepted, 'marie', NOW)).toBe(true)
    expect(mayUndo(accepted, 'paul', NOW)).toBe(false)
  })

  test('until its time, not at it', () => {
    const last = new Date(accepted.undoUntil.getTime() - 1)
    expect(mayUndo(accepted, 'anne', last)).toBe(true)
    expect(mayUndo(accepted, 'anne', accepted.undoUntil)).toBe(false)
  })

  test.each<[string, Partial<Accepted>]>([
    ['another transfer came after it', { isLatest: false }],
    ['somebody else leads', { leads: 'paul' }],
    ['nobody leads', { leads: undefined }],
    ['who led has left', { from: { ...accepted.from, isMember: false } }],
    ['who led is suspended, or leaves', { from: { ...accepted.from, isActive: false } }],
  ])('is not undone when %s', (_, change) => {
    for (const by of ['anne', 'marie']) {
      expect(mayUndo({ ...accepted, ...change }, by, NOW)).toBe(false)
    }
  })
})

test('a RESPONSABLE takes over what is vacant, and no other role', () => {
  expect(ROLES.filter(answersFor)).toEqual(['RESPONSABLE'])
})

test('the others object until the end, not at it', () => {
  const rescue = { until: NOW }
  expect(isOpenToObjections(rescue, new Date(NOW.getTime() - 1))).toBe(true)
  expect(isOpenToObjections(rescue, NOW)).toBe(false)
})
