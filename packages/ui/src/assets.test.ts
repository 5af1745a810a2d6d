import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { assets, assetUrl } from './assets.ts'
import { SITE_KEYS } from './page-props.ts'
import { STYLE_FILES } from './styles.ts'

const styles = assets.files.find((file) => file.path === assetUrl('styles.css'))
const css = String(styles?.content)

describe('assets', () => {
  test('every address carries the prefix and a hash of the content', () => {
    for (const file of assets.files) {
      expect(file.path).toMatch(/^\/ui\/[a-z-]+\.[0-9a-f]{10}\.(css|js|svg|woff2)$/)
      expect(file.immutable).toBe(true)
      expect(file.content.length).toBeGreaterThan(0)
    }
  })

  test('an unknown name is a bug, not an empty address', () => {
    expect(() => assetUrl('logo.png')).toThrow('No asset logo.png')
  })

  test('every site has its icon', () => {
    for (const site of SITE_KEYS) expect(assetUrl(`favicon-${site}.svg`)).toMatch(/\.svg$/)
  })

  test('everything a first visit loads weighs less than 100 kB', () => {
    const ofOtherSites = SITE_KEYS.slice(1).map((site) => assetUrl(`favicon-${site}.svg`))
    const loaded = assets.files.filter(({ path }) => !ofOtherSites.includes(path))
    const weight = loaded.reduce((sum, file) => sum + file.content.length, 0)
    expect(weight).toBeLessThan(100_000)
  })
})

describe('the stylesheet', () => {
  test('holds every file of the folder, once', () => {
    const files = readdirSync(join(import.meta.dirname, 'styles'))
    expect([...STYLE_FILES].sort()).toEqual(files.sort())
  })

  test('loads nothing but our own fonts, by their hashed addresses', () => {
    const addresses = [...css.matchAll(/url\(([^)]*)\)/g)].map((match) => match[1])
    expect(addresses).toEqual([
      assetUrl('atkinson-latin-ext.woff2'),
      assetUrl('atkinson-latin.woff2'),
    ])
    expect(css).not.toMatch(/@import|https?:|data:/)
  })

  test('takes every colour from the tokens', () => {
    const outside = css
      .split('\n')
      .filter((line) => /#[0-9a-f]{3,8}\b|rgba?\(|hsla?\(/i.test(line))
      .filter((line) => !/^\s*--[\w-]+:/.test(line))
    // Paper, a selected text and what a camera reads are dark on light, whatever the mode of the screen.
    expect(new Set(outside.map((line) => line.trim()))).toEqual(
      new Set(['color: #1c2a33;', 'color: #000;', 'background: #fff;']),
    )
  })
})
