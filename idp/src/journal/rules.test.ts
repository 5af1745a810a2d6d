import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { JOURNAL_EVENTS } from './rules.ts'

test('every event of the journal has its sentence, and every sentence its event', () => {
  const words = JSON.parse(
    readFileSync(new URL('messages.fr.json', import.meta.url), 'utf8'),
  ) as object
  const told = Object.keys(words).filter((key) => key.startsWith('journal.event.'))
  expect(told.sort()).toEqual(JOURNAL_EVENTS.map((event) => `journal.event.${event}`).sort())
})
