import { describe, expect, test } from '@jest/globals'
import { percentile } from '../load/pace.ts'
import { alternate, cpuRatio, spreadOf, spreadOfPairs } from './alternation.ts'
import type { Round } from './round.ts'

const round = (provider: number | null): Round => ({
  operations: 10,
  elapsed: 1,
  provider,
  database: null,
  generator: 0,
})

describe('the two sides of a figure', () => {
  test('take turns, each beginning every other pair', async () => {
    const order: string[] = []
    const turn = (name: string) => async () => {
      order.push(name)
      return round(1)
    }
    await alternate(3, { ours: turn('A'), theirs: turn('B') })
    expect(order.join('')).toBe('ABBAAB')
  })

  test('compare pair by pair: twice the cost is half as good', () => {
    const rounds = { ours: [round(2), round(4), round(3)], theirs: [round(1), round(1), round(3)] }
    expect(spreadOfPairs(rounds, cpuRatio)).toEqual({ median: 0.5, least: 0.25, most: 1 })
  })

  test('have no ratio where one cannot be seen', () => {
    const rounds = { ours: [round(2)], theirs: [round(null)] }
    expect(spreadOfPairs(rounds, cpuRatio)).toBeNull()
  })

  test('are told by the middle, of an even number of rounds too', () => {
    expect(spreadOf([4, 1, 2, 3])).toEqual({ median: 2.5, least: 1, most: 4 })
    expect(spreadOf([])).toBeNull()
  })
})

describe('times of answers', () => {
  test('a percentile is a time that share did not exceed', () => {
    const times = Array.from({ length: 200 }, (_, index) => index + 1)
    expect(percentile(times, 0.5)).toBe(100)
    expect(percentile(times, 0.99)).toBe(198)
    expect(percentile([7], 0.99)).toBe(7)
  })
})
