import { afterAll, afterEach, beforeAll, expect } from '@jest/globals'
import { sharedBrowser } from '@myanm/testing/browser'
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { openScene, type Scene } from './scene.ts'
import { Visitor } from './visitor.ts'

export interface Stage {
  readonly scene: Scene
  /** Somebody with a browser of their own: nothing is shared with anybody else’s. */
  visitor(options?: BrowserContextOptions): Promise<Visitor>
}

/**
 * The scene and a browser for the journeys of one file. After each journey every visitor goes home, and
 * the journey fails if a page complained in the console, broke its own policy or called another machine.
 */
export function openStage(): Stage {
  let scene: Scene | undefined
  let browser: Browser | undefined
  const visitors: Visitor[] = []

  beforeAll(async () => {
    ;[scene, browser] = await Promise.all([openScene(), sharedBrowser()])
  })
  afterEach(async () => {
    const complaints = visitors.flatMap((visitor) => visitor.complaints)
    await Promise.all(visitors.splice(0).map((visitor) => visitor.goesHome()))
    expect(complaints).toEqual([])
  })
  afterAll(async () => {
    await browser?.close()
    await scene?.[Symbol.asyncDispose]()
  })

  return {
    get scene() {
      if (!scene) throw new Error('The scene opens before the first journey, not before')
      return scene
    },
    async visitor(options = {}) {
      if (!browser) throw new Error('The browser is there from the first journey on')
      const context = await browser.newContext({ locale: 'fr-BE', ...options })
      const visitor = await Visitor.arrive(context)
      visitors.push(visitor)
      return visitor
    },
  }
}
