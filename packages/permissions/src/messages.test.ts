import { readFile } from 'node:fs/promises'
import { describe, expect, test } from '@jest/globals'
import { ACTION_KEYS } from './actions.ts'
import { ROLES } from './ladder.ts'
import { SERVICES } from './services.ts'

const catalogue = new URL('messages.fr.json', import.meta.url)
const messages = JSON.parse(await readFile(catalogue, 'utf8')) as Record<string, string>

function keysUnder(room: string): string[] {
  const prefix = `${room}.`
  return Object.keys(messages)
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length))
}

describe('the French words', () => {
  test('name every role, service and action, and nothing else', () => {
    expect(keysUnder('role')).toEqual(ROLES)
    expect(keysUnder('service')).toEqual(Object.keys(SERVICES))
    expect(keysUnder('action')).toEqual(ACTION_KEYS)
  })

  test('of actions are verb phrases that fit into a sentence', () => {
    for (const key of ACTION_KEYS) {
      expect(messages[`action.${key}`]).toMatch(/^\p{Ll}+(er|ir|re)(,| |$)/u)
    }
  })

  test('are written with the typographic apostrophe', () => {
    expect(Object.values(messages).filter((text) => text.includes("'"))).toEqual([])
  })
})
