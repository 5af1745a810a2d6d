import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { ConfigurationError, readConfig } from '@myanm/chassis'
import { settings } from './config.ts'

const example = readFileSync(new URL('../.env.example', import.meta.url), 'utf8')
const given = Object.fromEntries(
  [...example.matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
)

describe('the example of an environment', () => {
  test('names every setting there is, and no other', () => {
    expect(Object.keys(given).sort()).toEqual(Object.keys(settings.shape).sort())
  })

  test('has no secret: as it stands, nothing starts', () => {
    expect(() => readConfig(settings, given)).toThrow(ConfigurationError)
    const secrets = { COOKIE_KEY: '', KEY_ENCRYPTION_KEY: '', PAIRWISE_SALT: '' }
    expect(given).toMatchObject(secrets)
  })

  test('is all that is needed, once its secrets are filled in', () => {
    const long = 'x'.repeat(43)
    const secrets = { COOKIE_KEY: long, KEY_ENCRYPTION_KEY: long, PAIRWISE_SALT: long }
    const config = readConfig(settings, { ...given, ...secrets })
    expect(config.PUBLIC_URL.origin).toBe('https://compte.exemple.be')
    expect(config.TRUSTED_PROXIES).toBe(0)
    expect(JSON.stringify(config)).not.toContain(long)
    // What is left empty is not there: no second way out for mails, no door for reports.
    expect([config.SMTP_SECOND_URL, config.BOUNCE_SMTP_PORT, config.BOUNCE_DOMAIN]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
    const more = { SMTP_SECOND_URL: 'smtps://relais.exemple.be', BOUNCE_SMTP_PORT: '2525' }
    const full = readConfig(settings, { ...given, ...secrets, ...more })
    expect([full.SMTP_SECOND_URL?.hostname, full.BOUNCE_SMTP_PORT]).toEqual([
      'relais.exemple.be',
      2525,
    ])
  })
})
