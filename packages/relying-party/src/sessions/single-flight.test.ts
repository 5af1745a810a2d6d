import { describe, expect, test } from '@jest/globals'
import { singleFlight } from './single-flight.ts'

/** Flights that land when the test says so. */
function airport() {
  const departures: ((result: string) => void)[] = []
  const flights = singleFlight<string>()
  const fly = () => new Promise<string>((land) => departures.push(land))
  return { departures, flights, fly }
}

describe('single flight', () => {
  test('who joins takes the flight in the air', async () => {
    const { departures, flights, fly } = airport()
    const all = [1, 2, 3].map(() => flights.join('a', fly))
    expect(departures).toHaveLength(1)
    departures[0]?.('seen')
    expect(await Promise.all(all)).toEqual(['seen', 'seen', 'seen'])
  })

  test('who follows takes the next one, shared by all who ask meanwhile', async () => {
    const { departures, flights, fly } = airport()
    const first = flights.join('a', fly)
    const later = [1, 2, 3].map(() => flights.follow('a', fly))
    expect(departures).toHaveLength(1)
    departures[0]?.('before')
    expect(await first).toBe('before')
    await Promise.resolve()
    expect(departures).toHaveLength(2)
    departures[1]?.('after')
    expect(await Promise.all(later)).toEqual(['after', 'after', 'after'])
  })

  test('a flight that fails does not keep the next one on the ground', async () => {
    const flights = singleFlight<string>()
    const first = flights.join('a', () => Promise.reject(new Error('storm')))
    const next = flights.follow('a', () => Promise.resolve('arrived'))
    await expect(first).rejects.toThrow('storm')
    expect(await next).toBe('arrived')
  })

  test('keys do not wait for each other, and landed flights are forgotten', async () => {
    const { departures, flights, fly } = airport()
    const a = flights.join('a', fly)
    const b = flights.join('b', fly)
    expect(departures).toHaveLength(2)
    for (const land of departures) land('seen')
    await Promise.all([a, b])
    const again = flights.join('a', fly)
    expect(departures).toHaveLength(3)
    departures[2]?.('seen again')
    expect(await again).toBe('seen again')
  })
})
