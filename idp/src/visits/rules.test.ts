import { expect, test } from '@jest/globals'
import { isRecent, RECENT, readReturn, sealReturn } from './rules.ts'

const now = new Date('2026-11-21T10:00:00Z')

test('recent is up to ten minutes, the tenth included', () => {
  expect(isRecent(new Date(now.getTime() - RECENT), now)).toBe(true)
  expect(isRecent(new Date(now.getTime() - RECENT - 1), now)).toBe(false)
})

test('where to go after signing in is read back, and only what we sealed', () => {
  const state = sealReturn('/compte/connexion?a=é', 'key')
  expect(readReturn(state, 'key')).toBe('/compte/connexion?a=é')
  expect(readReturn(state, 'another key')).toBeNull()
  expect(
    readReturn(
      state.replace(/^./, (first) => (first === 'L' ? 'M' : 'L')),
      'key',
    ),
  ).toBeNull()
  for (const forged of ['', '.', 'Lw', 'Lw.', `${state}x.`])
    expect(readReturn(forged, 'key')).toBeNull()
})

test('another host is nowhere to go, even sealed', () => {
  expect(readReturn(sealReturn('//elsewhere.example', 'key'), 'key')).toBeNull()
  expect(readReturn(sealReturn('https://elsewhere.example', 'key'), 'key')).toBeNull()
})
