import { describe, expect, test } from '@jest/globals'
import { watchAvailability } from './availability.ts'

describe('whether MyANM is worth asking', () => {
  test('as long as it answers', () => {
    expect(watchAvailability(() => 0).isWorthAsking()).toBe(true)
  })

  test('not for five seconds after it failed, then by one request at a time', () => {
    let time = 0
    const availability = watchAvailability(() => time)
    availability.failed()
    time = 4_999
    expect(availability.isWorthAsking()).toBe(false)
    time = 5_000
    expect(availability.isWorthAsking()).toBe(true)
    expect(availability.isWorthAsking()).toBe(false)
    availability.succeeded()
    expect(availability.isWorthAsking()).toBe(true)
  })
})
