import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { fateAfter, fateWithLink, nameInMail, PATIENCE, verdictOf } from './rules.ts'

const now = new Date('2026-11-21T10:00:00Z')
const ago = (milliseconds: number) => new Date(now.getTime() - milliseconds)

describe('what the answer of a post office means', () => {
  test.each([
    ['RCPT TO', 550, 'never'],
    ['DATA', 554, 'never'],
    ['RCPT TO', 451, 'later'],
    ['DATA', 452, 'later'],
    ['RCPT TO', 421, 'away'],
    ['CONN', null, 'away'],
    [null, null, 'away'],
    // About us, not about the letter: somebody must put it right, and the letter waits.
    ['AUTH PLAIN', 535, 'away'],
    ['MAIL FROM', 550, 'away'],
    ['CONN', 554, 'away'],
    ['EHLO', 502, 'away'],
  ] as const)('%s %s: %s', (command, status, verdict) => {
    expect(verdictOf({ command, status })).toBe(verdict)
  })
})

describe('a letter that was not taken', () => {
  const after = (tries: number, queuedAt = now) =>
    fateAfter({ verdict: 'away', tries, queuedAt, now })

  test('is tried again after pauses that grow, and never longer than an hour', () => {
    const pauses = Array.from({ length: 20 }, (_, index) => {
      const fate = after(index + 1)
      return fate.state === 'queued' ? fate.pause : 0
    })
    expect(pauses.slice(0, 4)).toEqual([5000, 15_000, 30_000, 60_000])
    expect(pauses.toSorted((one, other) => one - other)).toEqual(pauses)
    expect(Math.max(...pauses)).toBe(3_600_000)
  })

  test('is given up when the next try would come after two days', () => {
    expect(after(1, ago(PATIENCE - 5000)).state).toBe('queued')
    expect(after(1, ago(PATIENCE - 4999)).state).toBe('given-up')
  })

  test('is refused at once when the answer is for good', () => {
    expect(fateAfter({ verdict: 'never', tries: 1, queuedAt: now, now })).toEqual({
      state: 'refused',
    })
  })

  test('goes as its link goes', () => {
    expect(fateWithLink('used')).toBe('sent')
    expect(fateWithLink('replaced')).toBe('needless')
    expect(fateWithLink('expired')).toBe('given-up')
  })
})

describe('the name in a letter', () => {
  test.each([
    'Anne',
    'Jean-Pierre',
    'J.-P. Dupont',
    'D’Hondt',
    'Łukasz',
    '王小明',
    'Ngọc Ánh',
    'O',
  ])('%s is greeted by it', (name) => expect(nameInMail(name)).toBe(name))

  test.each([
    'http://mechant.example/a',
    'www.mechant',
    'mechant.example',
    'Anne mechant.example/x',
    'mechant。example',
    'mechant．example',
    'anne@mechant.example',
    '<a href=x>Anne</a>',
    'Appelez le 0470 12 34 56',
    'javascript:alert(1)',
    '\\\\serveur\\x',
    'x'.repeat(61),
    'x'.repeat(320),
    '',
    ' \u00a0 ',
    '\r\n',
  ])('bait and emptiness are not: %j', (name) => expect(nameInMail(name)).toBeNull())

  test('is one line of what shows, whatever was typed', () => {
    expect(nameInMail('Anne\r\nBcc: x')).toBeNull()
    expect(nameInMail('Anne\r\nMarie')).toBe('Anne Marie')
    expect(nameInMail('An\u202ene\u2028Marie\u200b')).toBe('An ne Marie')
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (typed) => {
        const name = nameInMail(typed) ?? ''
        expect(name).not.toMatch(/[\p{C}\p{Zl}\p{Zp}\r\n<>@/:\\]/u)
        expect([...name].length).toBeLessThanOrEqual(60)
      }),
      { numRuns: 2000 },
    )
  })
})
