import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { SITE_KEYS } from './page-props.ts'

type Tokens = ReadonlyMap<string, string>

const css = readFileSync(join(import.meta.dirname, 'styles', 'tokens.css'), 'utf8')
const [light = '', dark = ''] = css.split('@media screen and (prefers-color-scheme: dark)')

/** The colours a page of the site has, in the order of the cascade: general, the accent, dark. */
function tokensOf(site: string, parts: readonly string[]): Tokens {
  const tokens = new Map<string, string>()
  for (const part of parts) {
    for (const [, selector = '', body = ''] of part.matchAll(/([^{}]+)\{([^{}]*)\}/g)) {
      const own = selector.includes(`[data-site="${site}"]`)
      const general = selector.includes(':root')
      if (!own && !general) continue
      for (const [, name = '', value = ''] of body.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g)) {
        tokens.set(name, value)
      }
    }
  }
  return tokens
}

/** WCAG 2.2, relative luminance. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((start) => Number.parseInt(colour.slice(start, start + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(tokens: Tokens, pair: string): number {
  const [one = 0, other = 0] = pair.split(' on ').map((name) => {
    const colour = tokens.get(name)
    if (!colour) throw new Error(`No colour ${name}`)
    return luminance(colour)
  })
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)
}

/** Text: at least 4.5 (WCAG 1.4.3). */
const TEXT = [
  ...['paper', 'card', 'field', 'neutral-soft', 'accent-soft', 'good-soft', 'bad-soft', 'wait-soft']
    .map((ground) => [`ink on ${ground}`, `ink-soft on ${ground}`])
    .flat(),
  ...['paper', 'card', 'accent-soft', 'good-soft', 'bad-soft', 'wait-soft'].map(
    (ground) => `accent on ${ground}`,
  ),
  'on-accent on accent',
  'good on good-soft',
  'bad on bad-soft',
  'bad on card',
  'bad on paper',
  'on-bad on bad',
  'wait on wait-soft',
  'paper on ink',
  'on-banner on banner',
]

/** What tells a field, a state or the focus: at least 3 (WCAG 1.4.11). Separating lines are décor. */
const BORDERS = [
  'field-border on field',
  'field-border on card',
  'bad on field',
  'banner-line on banner',
  'focus-halo on banner',
  'ink on paper',
  'good on good-soft',
  'wait on wait-soft',
]

function below(tokens: Tokens, pairs: readonly string[], least: number): readonly string[] {
  return pairs.filter((pair) => contrast(tokens, pair) < least)
}

describe.each(SITE_KEYS)('the colours of %s', (site) => {
  test.each([
    ['light', [light]],
    ['dark', [light, dark]],
  ] as const)('are read and seen in the %s mode', (_, parts) => {
    const tokens = tokensOf(site, parts)
    expect(below(tokens, TEXT, 4.5)).toEqual([])
    expect(below(tokens, BORDERS, 3)).toEqual([])
  })
})

test('the dark mode gives another value to every colour but those that are the same in both', () => {
  const day = tokensOf('myanm', [light])
  const night = tokensOf('myanm', [dark])
  const same = [...day.keys()].filter((name) => !night.has(name))
  expect(same).toEqual(['focus-halo', 'on-banner'])
})
