import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { readCatalogue } from './catalogue.ts'

let directory: string

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'myanm-catalogue-'))
  const put = (path: string, messages: object) => {
    const file = join(directory, path)
    mkdirSync(join(file, '..'), { recursive: true })
    writeFileSync(file, JSON.stringify(messages))
  }
  put('good/room/messages.fr.json', {
    'room.hello': 'Bonjour {name}',
    'room.count': '{n, plural, one {# jour} other {# jours}}',
    'room.bold': '<strong>{site}</strong>',
    'room.amount': '{n, number}',
  })
  put('good/room/messages.nl.json', { 'room.hello': 'Dag {name}' })
  put('good/node_modules/x/messages.fr.json', { 'room.hello': 'Intrus' })
  put('twice/a/messages.fr.json', { 'room.hello': 'Un' })
  put('twice/b/messages.fr.json', { 'room.hello': 'Deux' })
})

afterAll(() => rmSync(directory, { recursive: true }))

const good = () => readCatalogue([join(directory, 'good')])

describe('a catalogue', () => {
  test('has the sentences of every room, and of nobody else', () => {
    const catalogue = good()
    expect(catalogue.languages).toEqual(['fr', 'nl'])
    expect(catalogue.translate('fr', 'room.hello', { name: 'Anne' })).toBe('Bonjour Anne')
    expect(catalogue.translate('fr', 'room.count', { n: 1 })).toBe('1 jour')
    expect(catalogue.translate('fr', 'room.count', { n: 3 })).toBe('3 jours')
  })

  test('falls back to French, numbers included', () => {
    expect(good().translate('nl', 'room.hello', { name: 'An' })).toBe('Dag An')
    expect(good().translate('nl', 'room.count', { n: 2 })).toBe('2 jours')
    expect(good().translate('de', 'room.amount', { n: 1.5 })).toBe('1,5')
  })

  test('says what was typed as it was typed: nothing in a value is a message', () => {
    const typed = "{name} '{' <b> {n, plural, other {x}}"
    expect(good().translate('fr', 'room.hello', { name: typed })).toBe(`Bonjour ${typed}`)
    expect(good().translate('fr', 'room.bold', { site: 'X' })).toBe('<strong>X</strong>')
  })

  test('takes a bug for a bug: an unknown key, a missing value, a key twice', () => {
    expect(() => good().translate('fr', 'room.unknown')).toThrow('No message room.unknown')
    expect(() => good().translate('fr', 'room.hello')).toThrow()
    expect(() => readCatalogue([join(directory, 'twice')])).toThrow('defined twice')
  })
})
