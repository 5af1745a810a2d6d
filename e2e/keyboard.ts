import type { Visitor } from './visitor.ts'

/** Tab stops a page may have before what one looks for: more is no longer usable. */
const MOST_STOPS = 60

interface Stop {
  readonly words: string
  /** In sight, and marked as the place one is at. */
  readonly isSeen: boolean
}

/** In the browser: what has the focus, by the words a person knows it by. */
const FOCUSED = `(() => {
  const element = document.activeElement
  const style = getComputedStyle(element)
  const { top, bottom, width, height } = element.getBoundingClientRect()
  const words = element.labels?.[0]?.innerText ?? element.innerText
  const isMarked = style.outlineStyle !== 'none' || style.boxShadow !== 'none'
  const isInSight = width > 1 && height > 1 && bottom > 0 && top < innerHeight
  return { words: words.replaceAll(/\\s+/g, ' ').trim(), isSeen: isMarked && isInSight }
})()`

/** Somebody who has a keyboard and nothing else. */
export function keyboardOf(visitor: Visitor) {
  const { page } = visitor

  async function nextStop(): Promise<Stop> {
    await page.keyboard.press('Tab')
    return page.evaluate<Stop>(FOCUSED)
  }

  /** @throws Error when it is not reached, or when the place one is at cannot be seen on the way */
  async function goesTo(words: string | RegExp): Promise<void> {
    const passed: string[] = []
    for (let stop = 0; stop < MOST_STOPS; stop += 1) {
      const { words: here, isSeen } = await nextStop()
      passed.push(here)
      if (!isSeen) throw new Error(`Focus not seen on « ${here} », ${page.url()}`)
      if (typeof words === 'string' ? here.startsWith(words) : words.test(here)) return
    }
    throw new Error(`Not reached: ${words} on ${page.url()}, only ${passed.join(' | ')}`)
  }

  return {
    nextStop,
    goesTo,
    async entersBy(words: string | RegExp): Promise<void> {
      await goesTo(words)
      await visitor.leaves(() => page.keyboard.press('Enter'))
    },
    async types(label: string, text: string): Promise<void> {
      await goesTo(label)
      await page.keyboard.type(text)
    },
    press: (key: string) => page.keyboard.press(key),
  }
}
