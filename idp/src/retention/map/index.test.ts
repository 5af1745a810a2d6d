import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { CLASSES, type Entry, PURPOSES, personalColumns, SECTIONS } from '../rules.ts'
import { HELD, ON_SITES } from './index.ts'

const words = new Set(
  Object.keys(
    JSON.parse(readFileSync(new URL('../messages.fr.json', import.meta.url), 'utf8')) as object,
  ),
)
const held = Object.entries(HELD as Readonly<Record<string, Entry>>)

test('whatever is kept has its words: what, why, until when', () => {
  const needed = [
    ...CLASSES.map((name) => `retention.class.${name}`),
    ...PURPOSES.map((name) => `retention.purpose.${name}`),
    ...SECTIONS.map((name) => `retention.section.${name}`),
    ...[...held, ...Object.values(ON_SITES).flatMap((tables) => Object.entries(tables))].map(
      ([table]) => `retention.table.${table}`,
    ),
    ...held.flatMap(([table, entry]) =>
      personalColumns(entry)
        .filter(([, { told }]) => told === 'page' && entry.person !== null)
        .map(([column]) => `retention.column.${table}.${column}`),
    ),
  ]
  expect(needed.filter((key) => !words.has(key))).toEqual([])
})

test('what is erased by rows can be found by whose it is; what could open a door is not told', () => {
  for (const [table, entry] of held) {
    if (entry.erasure === 'row') expect([table, entry.person]).not.toEqual([table, null])
    for (const [column, { class: kind, told }] of personalColumns(entry)) {
      const isPublicKey = table === 'passkey'
      if (kind === 'credential' && !isPublicKey) {
        expect([table, column, told]).toEqual([table, column, 'withheld'])
      }
    }
  }
})
