import { describe, expect, test } from '@jest/globals'
import { crawl } from '../crawl.ts'
import { agreesToShare } from '../pages/consent.ts'
import { openStage } from '../stage.ts'

const stage = openStage()

const SITES = ['myanm', 'guide-social', 'monasbl', 'sweeli', 'bilan'] as const
const homes = () => SITES.map((site) => stage.scene.address(site))

/** From page to page by links alone: nobody is refused what they were offered, nobody gets stuck. */
describe('every link leads on', () => {
  test('for a visitor', async () => {
    const visitor = await stage.visitor()
    const { visited, faults } = await crawl(visitor, homes())
    expect(faults).toEqual([])
    expect(visited.length).toBeGreaterThan(15)
  })

  test.each(['lecteur', 'collaborateur', 'particulier', 'conseiller'])('for %s', async (key) => {
    const visitor = await stage.visitor()
    await visitor.opens(stage.scene.address('bilan', '/mon-espace'))
    await visitor.signsInAs(stage.scene.somebody(key))
    await agreesToShare(visitor)
    const members = ['guide-social', 'monasbl', 'sweeli'] as const
    for (const site of members) await visitor.opens(stage.scene.address(site, '/connexion'))
    const { visited, faults } = await crawl(visitor, homes())
    expect(faults).toEqual([])
    expect(visited.length).toBeGreaterThan(15)
  })
})
