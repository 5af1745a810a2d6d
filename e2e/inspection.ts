import { accessibilityFindings } from '@myanm/testing/accessibility'
import type { Page } from 'playwright-core'
import type { Visitor } from './visitor.ts'

const DESKTOP = { width: 1180, height: 900 }
/** The narrowest page we promise (X7); what holds here holds on every phone. */
const PHONE = { width: 320, height: 640 }

/** In the browser: by how much the page is wider than the window. */
const OVERFLOW = 'document.scrollingElement.scrollWidth - window.innerWidth'
/** In the browser: where its links lead. */
const ADDRESSES = '[...document.links].map((link) => link.href)'

/** What leads on: in the page itself, its header does not count. */
const NEXT_STEPS = 'main a[href]:not([href^="#"]), main button:not([disabled])'

/** Words that show a value we forgot. */
const LEAKS = /undefined|\bnull\b|NaN|\[object|\{\{|\}\}|Invalid Date/

/**
 * Everything we ask of every page, whoever looks at it: nothing axe-core finds, by day and by night, wide
 * and narrow; no sideways scrolling; something to do next; no forgotten value.
 *
 * @returns one sentence for each fault, beginning with the path of the page
 */
export async function faultsOf(visitor: Visitor): Promise<readonly string[]> {
  const { page } = visitor
  const wide = await looking(page, DESKTOP)
  const narrow = await looking(page, PHONE)
  const overflow = await page.evaluate<number>(OVERFLOW)
  const outside = overflow > 0 ? [`${overflow} px wider than the window`] : []
  const stuck = (await hasNextStep(visitor)) ? [] : ['nothing to do next']
  const leak = await leakOn(visitor)
  const leaks = leak ? [leak] : []
  const { pathname } = new URL(page.url())
  return [...wide, ...narrow, ...outside, ...stuck, ...leaks].map(
    (fault) => `${pathname}: ${fault}`,
  )
}

/** Whether the page itself, not its header, leads anywhere. */
export async function hasNextStep({ page }: Visitor): Promise<boolean> {
  return (await page.locator(NEXT_STEPS).filter({ visible: true }).count()) > 0
}

/** The value somebody forgot, if the page shows one. */
export async function leakOn(visitor: Visitor): Promise<string | undefined> {
  const leak = LEAKS.exec(await visitor.reads())
  return leak ? `shows « ${leak[0]} »` : undefined
}

/** Where the page leads, as far as it leads to sites of ours. */
export async function linksOn({ page }: Visitor): Promise<readonly string[]> {
  const links = await page.evaluate<string[]>(ADDRESSES)
  return [...new Set(links)].filter((link) => {
    const { protocol, hostname } = new URL(link)
    return protocol === 'http:' && hostname === 'localhost'
  })
}

/** Only colours change with the night: that rule alone is asked again. */
async function looking(page: Page, viewport: typeof DESKTOP): Promise<readonly string[]> {
  await page.setViewportSize(viewport)
  await page.emulateMedia({ colorScheme: 'light' })
  const byDay = await accessibilityFindings(page)
  await page.emulateMedia({ colorScheme: 'dark' })
  const byNight = await accessibilityFindings(page, ['color-contrast', 'link-in-text-block'])
  await page.emulateMedia({ colorScheme: null })
  return [
    ...byDay.map((finding) => `${viewport.width} px: ${finding}`),
    ...byNight.map((finding) => `${viewport.width} px by night: ${finding}`),
  ]
}

/**
 * Asks for every address the page links to, with this visitor’s cookies.
 *
 * @param known addresses asked for already; completed
 * @returns one sentence for each that leads nowhere
 */
export async function deadLinksOf(
  visitor: Visitor,
  known: Set<string>,
): Promise<readonly string[]> {
  const { page, context } = visitor
  const here = page.url()
  const dead: string[] = []
  for (const href of await linksOn(visitor)) {
    const { hash } = new URL(href)
    if (hash !== '' && href === `${here.split('#')[0]}${hash}`) {
      if ((await page.locator(hash).count()) === 0) dead.push(`${here}: nothing is called ${hash}`)
      continue
    }
    if (known.has(href)) continue
    known.add(href)
    const answer = await context.request.get(href, { maxRedirects: 0 })
    if (answer.status() >= 400) dead.push(`${here}: ${href} answers ${answer.status()}`)
  }
  return dead
}
