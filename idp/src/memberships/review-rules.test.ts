import { expect, test } from '@jest/globals'
import { reminderDue } from './review-rules.ts'

const OPENED = new Date('2026-11-01T08:00:00Z')
const after = (days: number) => new Date(OPENED.getTime() + days * 86_400_000)

test('a review without its last answer: a reminder, then the others are told, then nothing more', () => {
  for (const [days, reminders, due] of [
    [13.9, 0, null],
    [14, 0, 'reminder'],
    [14, 1, null],
    [27.9, 1, null],
    [28, 1, 'escalated'],
    [400, 2, null],
  ] as const) {
    expect([days, reminders, reminderDue(OPENED, { reminders, now: after(days) })]).toEqual([
      ...[days, reminders, due],
    ])
  }
})
