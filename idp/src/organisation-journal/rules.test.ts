import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { momentAt, ORGANISATION_EVENTS, readDay, readTime, roleThen } from './rules.ts'

test('every event that is shown has its sentence, and every sentence its event', () => {
  const said = JSON.parse(
    readFileSync(new URL('messages.fr.json', import.meta.url), 'utf8'),
  ) as object
  const prefix = 'organisation-journal.event.'
  expect(
    Object.keys(said)
      .filter((key) => key.startsWith(prefix))
      .map((key) => key.slice(prefix.length))
      .sort(),
  ).toEqual([...ORGANISATION_EVENTS].sort())
})

describe('a moment on the clock of Brussels', () => {
  test.each([
    ['2026-05-03', '10:32', '2026-05-03T08:32:00.000Z'],
    ['2026-12-31', '00:00', '2026-12-30T23:00:00.000Z'],
    // Twice, the night the clock goes back: the first time.
    ['2026-10-25', '02:30', '2026-10-25T00:30:00.000Z'],
  ])('%s %s', (day, time, moment) => {
    expect(momentAt(day, time)?.toISOString()).toBe(moment)
  })

  test.each([
    ['2026-03-29', '02:30'],
    ['2026-02-31', '10:00'],
    ['2026-5-3', '10:00'],
    ['2026-05-03', '24:00'],
    ['', ''],
  ])('%s %s is none', (day, time) => {
    expect(momentAt(day, time)).toBeNull()
  })

  test('is read as people type it', () => {
    expect([readDay('3/5/2026'), readDay('03.05.2026'), readDay('31/02/2026')]).toEqual([
      '2026-05-03',
      '2026-05-03',
      '',
    ])
    expect(['9h05', '9:05', '9h', '09.05', '25:00', 'midi'].map(readTime)).toEqual([
      '09:05',
      '09:05',
      '09:00',
      '09:05',
      '',
      '',
    ])
  })
})

describe('the role at a moment', () => {
  const now = new Date('2026-11-22T12:00:00Z')
  const at = (day: string) => new Date(`${day}T12:00:00Z`)
  const membership = {
    since: at('2024-01-01'),
    until: null,
    role: 'COLLABORATEUR',
    roleSince: at('2026-06-01'),
    before: null,
  } as const

  test('is what the first change after it came from', () => {
    const after = {
      at: at('2026-06-01'),
      event: 'role-changed',
      details: { from: 'LECTEUR', to: 'COLLABORATEUR' },
    } as const
    expect(roleThen({ ...membership, after }, { moment: at('2026-05-01'), now })).toEqual({
      known: true,
      role: 'LECTEUR',
      since: membership.since,
    })
  })

  test('is unknown where a change may have been forgotten in between', () => {
    const after = {
      at: at('2026-06-01'),
      event: 'role-changed',
      details: { from: 'LECTEUR', to: 'COLLABORATEUR' },
    } as const
    expect(roleThen({ ...membership, after }, { moment: at('2025-05-01'), now })).toEqual({
      known: false,
    })
  })

  test('is the one there is, when it has not changed since', () => {
    expect(roleThen({ ...membership, after: null }, { moment: at('2026-07-01'), now })).toEqual({
      known: true,
      role: 'COLLABORATEUR',
      since: membership.roleSince,
    })
  })
})
