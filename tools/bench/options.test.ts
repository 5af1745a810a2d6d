import { describe, expect, test } from '@jest/globals'
import { readOptions } from './options.ts'

const OTHER =
  '--against https://other.example --client-id c --client-secret s --redirect-uri https://site.example/cb'
const words = (text: string) => text.split(' ').filter(Boolean)

describe('pointing the bench at another provider', () => {
  test('takes people from the command line, passwords with colons included', () => {
    const { other } = readOptions(words(`${OTHER} --account a:b:c --account d:e --pid 7`))
    expect(other?.accounts).toEqual([
      { login: 'a', password: 'b:c' },
      { login: 'd', password: 'e' },
    ])
    expect(other?.pid).toBe(7)
    expect(other?.asker.id).toBe('c')
  })

  test('says what is missing', () => {
    expect(() => readOptions(words('--against https://other.example'))).toThrow('--client-id')
    expect(() => readOptions(words(OTHER))).toThrow('--account')
    expect(() => readOptions(words('--faster'))).toThrow('--faster')
  })
})
