import { describe, expect, test } from '@jest/globals'
import { newCookies } from './cookies.ts'

describe('cookies of one browser', () => {
  test('go where their path says, and nowhere else', () => {
    const cookies = newCookies()
    cookies.keep(['session=a; Path=/; HttpOnly', 'step=b; path=/sign-in/1'], '/authorize')
    expect(cookies.headerFor('/sign-in/1')).toBe('session=a; step=b')
    expect(cookies.headerFor('/sign-in/1/password')).toBe('session=a; step=b')
    expect(cookies.headerFor('/sign-in/12')).toBe('session=a')
  })

  test('belong to the folder of the page that gave them when they name no path', () => {
    const cookies = newCookies()
    cookies.keep(['step=b'], '/sign-in/1')
    expect(cookies.headerFor('/sign-in/2')).toBe('step=b')
    expect(cookies.headerFor('/')).toBe('')
  })

  test('are gone once emptied or expired, and replaced when given again', () => {
    const cookies = newCookies()
    cookies.keep(['a=1; path=/', 'b=2; path=/', 'c=3; path=/'], '/')
    cookies.keep(
      ['a=; path=/', 'b=2; path=/; expires=Thu, 01 Jan 1970 00:00:00 GMT', 'c=4; path=/'],
      '/',
    )
    expect(cookies.headerFor('/')).toBe('c=4')
  })
})
