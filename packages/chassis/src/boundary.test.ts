import { describe, expect, test } from '@jest/globals'
import { isDatabaseAway } from './boundary.ts'

const withCode = (code: string) => Object.assign(new Error('x'), { code })

describe('a database that is away', () => {
  test.each([
    'ECONNREFUSED',
    'ECONNRESET',
    'EPIPE',
    'ETIMEDOUT',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'ENOTFOUND',
    'EAI_AGAIN',
    '08000',
    '08006',
    '53300',
    '57P01',
    '57P02',
    '57P03',
    '57014',
    '55P03',
  ])('says %s', (code) => {
    expect(isDatabaseAway(withCode(code))).toBe(true)
  })

  test.each([
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'timeout exceeded when trying to connect',
    'timeout expired',
    'Query read timeout',
    'Client has encountered a connection error and is not queryable',
    'Client was closed and is not queryable',
  ])('or « %s »', (message) => {
    expect(isDatabaseAway(new Error(message))).toBe(true)
  })
})

test('a mistake of ours is not called an absence of the database', () => {
  const ours = [
    ...['23505', '42P01', '42501', '22P02', '40001', '22021', 'ERR_X', 'ENOENT'].map(withCode),
    new TypeError("Cannot read properties of undefined (reading 'x')"),
    new Error('The query says: Query read timeout'),
    null,
    undefined,
    'ECONNREFUSED',
    {},
  ]
  for (const error of ours) expect(isDatabaseAway(error)).toBe(false)
})
