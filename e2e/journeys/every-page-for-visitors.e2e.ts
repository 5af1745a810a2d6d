import { describe, expect, test } from '@jest/globals'
import { openStage } from '../stage.ts'
import { tourOf } from '../tour.ts'

const stage = openStage()

describe('every page a visitor meets', () => {
  test('on Guide Social', async () => {
    const visitor = await stage.visitor()
    const tour = tourOf(visitor)
    const at = (path: string) => stage.scene.address('guide-social', path)
    for (const path of [
      '/',
      '/emplois',
      '/emplois?mot=psy',
      '/emplois?mot=zzzz',
      '/aide/publier',
      '/nulle-part',
    ]) {
      await tour.opens(at(path))
    }
    await visitor.opens(at('/emplois'))
    await visitor.follows('Psychologue')
    await tour.looks()
    expect(tour.faults).toEqual([])
  })
})
