import { describe, expect, test } from '@jest/globals'
import { ConfigurationError } from '@myanm/chassis'
import { readSiteConfig } from './site-settings.ts'

const long = 'x'.repeat(32)
const environment = {
  PORT: '3002',
  PUBLIC_URL: 'http://localhost:3002',
  DATABASE_URL: 'postgres://somebody@localhost/myanm',
  ISSUER: 'http://localhost:3000',
  CLIENT_ID: 'monasbl',
  CLIENT_SECRET: long,
  SESSION_SECRET: long,
  ACCOUNT_URL: 'http://localhost:3000/compte',
}

describe('what the environment of a site must say', () => {
  test('is read into values that do not show their secrets', () => {
    const config = readSiteConfig(environment)
    expect(config.ISSUER.href).toBe('http://localhost:3000/')
    expect(JSON.stringify(config)).not.toContain(long)
  })

  test.each(['http://myanm.example', 'http://10.0.0.1:3000', 'ftp://localhost'])(
    'MyANM is not spoken to in clear outside this machine: %s',
    (ISSUER) => {
      expect(() => readSiteConfig({ ...environment, ISSUER })).toThrow(ConfigurationError)
    },
  )

  test('every faulty variable is named at once, never its value', () => {
    const faulty = { ...environment, SESSION_SECRET: 'too short', CLIENT_ID: '', PORT: 'none' }
    expect(() => readSiteConfig(faulty)).toThrow(/PORT[\s\S]*CLIENT_ID[\s\S]*SESSION_SECRET/)
    expect(() => readSiteConfig(faulty)).not.toThrow(/too short/)
  })
})
