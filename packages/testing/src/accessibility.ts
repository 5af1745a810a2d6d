import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type axe from 'axe-core'
import type { BrowserContext, Page } from 'playwright-core'

/** What we hold ourselves to: WCAG 2.2 A and AA, and what axe-core knows to be good practice. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

const source = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Has axe-core at hand on every page of a context: for whoever looks at many. */
export async function bringAxe(context: BrowserContext): Promise<void> {
  await context.addInitScript({ content: await source })
}

/** What axe-core runs: every rule of our tags, or some rules by name. */
export type AccessibilityRules = 'all' | readonly string[]

/**
 * What axe-core finds on the page as it stands, one sentence for each element: rule, element, why.
 * The page’s own policy forbids foreign scripts, so axe-core comes in through the debugger’s door.
 */
export async function accessibilityFindings(
  page: Page,
  rules: AccessibilityRules = 'all',
): Promise<readonly string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(await source)
  const runOnly =
    rules === 'all'
      ? { type: 'tag' as const, values: TAGS }
      : { type: 'rule' as const, values: [...rules] }
  const { violations } = await page.evaluate(
    (options) => (globalThis as unknown as { axe: typeof axe }).axe.run(options),
    { runOnly, resultTypes: ['violations' as const], elementRef: false },
  )
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => {
      const why = failureSummary?.split('\n').slice(1).join(' ').replaceAll(/\s+/g, ' ').trim()
      return `${id}: ${target.join(' ')}: ${why}`
    }),
  )
}
