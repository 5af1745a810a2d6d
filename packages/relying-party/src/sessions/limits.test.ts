import { describe, expect, test } from '@jest/globals'
import { areRightsOld, endOf, expiryOf, hasSlid } from './limits.ts'

const at = (time: string) => new Date(`2026-11-21T${time}Z`)

describe('how long a session lasts', () => {
  test('twelve hours after the password was given', () => {
    expect(endOf(at('08:00:00'), at('10:00:00'))).toEqual(at('20:00:00'))
  })

  test('twelve hours from now when MyANM vouches for an older password', () => {
    expect(endOf(new Date('2026-11-01T08:00:00Z'), at('10:00:00'))).toEqual(at('22:00:00'))
  })

  test('half an hour when it is left alone, never beyond its end', () => {
    expect(expiryOf(at('20:00:00'), at('10:00:00'))).toEqual(at('10:30:00'))
    expect(expiryOf(at('20:00:00'), at('19:45:00'))).toEqual(at('20:00:00'))
  })

  test('its slide is written once a minute at most', () => {
    expect(hasSlid(at('10:30:00'), at('10:30:59'))).toBe(false)
    expect(hasSlid(at('10:30:00'), at('10:31:00'))).toBe(true)
  })

  test('rights hold for less than a minute', () => {
    expect(areRightsOld(at('10:00:00'), at('10:00:59'))).toBe(false)
    expect(areRightsOld(at('10:00:00'), at('10:01:00'))).toBe(true)
  })
})
