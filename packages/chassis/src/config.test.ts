import { inspect } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import {
  ConfigurationError,
  isHttps,
  isLoopback,
  origin,
  processSettings,
  readConfig,
  Secret,
  secret,
  url,
} from './config.ts'

describe('a secret', () => {
  const hidden = new Secret('the-thing-nobody-must-read')

  test('shows itself to whoever asks for it by name, and to nothing else', () => {
    expect(hidden.reveal()).toBe('the-thing-nobody-must-read')
    const shown = [
      String(hidden),
      `${hidden}`,
      JSON.stringify({ hidden }),
      inspect(hidden, { showHidden: true, depth: 9 }),
      Object.keys(hidden).join(),
      JSON.stringify(Object.getOwnPropertyDescriptors(hidden)),
    ]
    for (const text of shown) expect(text).not.toContain('nobody')
  })

  test('is at least 32 characters long', () => {
    expect(secret().safeParse('x'.repeat(31)).success).toBe(false)
    expect(secret().parse('x'.repeat(32)).reveal()).toHaveLength(32)
  })
})

describe('the address people see', () => {
  test.each([
    'https://compte.exemple.be',
    'https://compte.exemple.be:8443',
    'http://localhost:3000',
    'http://127.0.0.1:3000',
    'http://[::1]:3000',
  ])('may be %s', (text) => {
    expect(origin().parse(text).href).toBe(`${text}/`)
  })

  test.each([
    'http://compte.exemple.be',
    'https://compte.exemple.be/chemin',
    'https://compte.exemple.be/?a',
    'https://compte.exemple.be/#a',
    'https://user@compte.exemple.be',
    'https://user:secret@compte.exemple.be',
    'postgres://localhost',
    'smtp://localhost',
    'ftp://localhost',
    'javascript:alert(1)',
    'compte.exemple.be',
    '',
  ])('is not %j', (text) => {
    expect(origin().safeParse(text).success).toBe(false)
  })
})

test('another service is reached by the protocols we speak', () => {
  for (const text of ['postgres://a/b', 'postgresql://a/b', 'smtp://a', 'smtps://a', 'https://a']) {
    expect(url().safeParse(text).success).toBe(true)
  }
  for (const text of ['file:///etc/passwd', 'gopher://a', 'data:,', 'a']) {
    expect(url().safeParse(text).success).toBe(false)
  }
})

describe('reading the environment', () => {
  const schema = z.object({ ...processSettings, KEY: secret() })
  const sound = { PORT: '3000', PUBLIC_URL: 'https://exemple.be', KEY: 'k'.repeat(40) }

  test('fills in what has a harmless default, and cannot be changed after', () => {
    const config = readConfig(schema, sound)
    expect(config).toMatchObject({
      PORT: 3000,
      HOST: '127.0.0.1',
      LOG_LEVEL: 'info',
      TRUSTED_PROXIES: 0,
      STOP_WITH_PARENT: '0',
    })
    expect(Object.isFrozen(config)).toBe(true)
  })

  test('says every fault at once, and no value', () => {
    const faulty = { PORT: '70000', PUBLIC_URL: 'ftp://hidden', KEY: 'short', TRUSTED_PROXIES: '9' }
    const read = () => readConfig(schema, faulty)
    expect(read).toThrow(ConfigurationError)
    const said = (() => {
      try {
        read()
      } catch (error) {
        return (error as Error).message
      }
      return ''
    })()
    for (const name of Object.keys(faulty)) expect(said).toContain(name)
    for (const value of ['70000', 'hidden', 'short']) expect(said).not.toContain(value)
  })

  test.each([['-1'], ['x'], ['1.5'], ['65536']])('takes no port %s', (PORT) => {
    expect(() => readConfig(schema, { ...sound, PORT })).toThrow('PORT')
  })
})

test('loopback is this machine, whatever it is called, and nothing that looks like it', () => {
  for (const text of ['http://localhost', 'http://127.0.0.1', 'http://127.9.9.9', 'http://[::1]']) {
    expect(isLoopback(new URL(text))).toBe(true)
  }
  for (const text of [
    'http://localhost.evil.example',
    'http://127.0.0.1.evil.example',
    'http://128.0.0.1',
    'http://[::2]',
    'http://notlocalhost',
  ]) {
    expect(isLoopback(new URL(text))).toBe(false)
  }
})

test('https is https', () => {
  expect(isHttps(new URL('https://a'))).toBe(true)
  expect(isHttps(new URL('http://a'))).toBe(false)
})
