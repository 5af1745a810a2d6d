import { describe, expect, test } from '@jest/globals'
import { ledBy, lineBefore, readable } from './rules.ts'

describe('what is held is shown', () => {
  test.each([null, undefined, '', []])('not at all when there is nothing: %j', (value) => {
    expect(readable(value)).toBeNull()
  })

  test('as a moment, as yes or no, as several things, as text', () => {
    expect(readable('2026-11-22T01:02:03.4+00:00')).toMatchObject({ kind: 'moment' })
    expect(readable('2030-12-31')).toMatchObject({ kind: 'moment' })
    expect(readable('2026-99-99')).toEqual({ kind: 'text', text: '2026-99-99' })
    expect(readable('2026-99-99T99:99:99')).toMatchObject({ kind: 'text' })
    expect(readable(false)).toEqual({ kind: 'boolean', yes: false })
    expect(readable(['pwd', 'otp'])).toEqual({ kind: 'text', text: 'pwd, otp' })
    expect(readable(0)).toEqual({ kind: 'text', text: '0' })
    expect(readable({ a: 1 })).toEqual({ kind: 'text', text: '{"a":1}' })
    expect(readable('2026 était une belle année')).toMatchObject({ kind: 'text' })
  })
})

test('a page of the journal begins at a line, or at the first', () => {
  expect(lineBefore('42')).toBe(42)
  for (const other of [undefined, '', '0', '-1', '1e9', '1.5', '9'.repeat(16), ['1', '2']]) {
    expect(lineBefore(other)).toBeNull()
  }
})

test('who leads is who is GESTIONNAIRE, nobody else', () => {
  const roles = ['LECTEUR', 'COLLABORATEUR', 'RESPONSABLE', 'GESTIONNAIRE'].map((role) => ({
    role,
  }))
  expect(ledBy(roles)).toEqual([{ role: 'GESTIONNAIRE' }])
})
