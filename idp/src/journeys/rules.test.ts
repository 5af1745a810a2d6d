import { expect, test } from '@jest/globals'
import { pathOf, screenFor } from './rules.ts'

test('each question of the engine has its page, and an unknown one begins at the beginning', () => {
  expect(screenFor('login')).toBe('identifier')
  expect(screenFor('contexte')).toBe('context')
  expect(screenFor('consent')).toBe('consent')
  expect(screenFor('anything')).toBe('identifier')
})

test('each page has an address of its journey', () => {
  expect(pathOf('identifier', 'j')).toBe('/connexion/j')
  expect(pathOf('password', 'j')).toBe('/connexion/j/mot-de-passe')
  expect(pathOf('second-factor', 'j')).toBe('/connexion/j/second-facteur')
  expect(pathOf('context', 'j')).toBe('/contexte/j')
  expect(pathOf('consent', 'j')).toBe('/consentement/j')
})
