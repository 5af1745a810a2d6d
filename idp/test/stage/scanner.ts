import type { Browser } from 'playwright-core'
import { linksIn } from './letters.ts'

/** What the scanner got back for one link. */
export interface Scanned {
  readonly link: URL
  /** HEAD, GET, two GETs at once, and twice in a browser. */
  readonly statuses: readonly number[]
}

/**
 * Mail security as it is (ahead 7): every link of a letter is asked for with HEAD, with GET, twice at
 * once, then opened twice in a browser that runs scripts and waits until the page has come to rest, moves
 * the pointer over everything and scrolls to the end. It presses no button.
 */
export async function scan(
  letter: { readonly html: string },
  browser: Browser,
): Promise<Scanned[]> {
  const scanned: Scanned[] = []
  for (const link of linksIn(letter)) {
    const ask = async (method: string) => {
      const response = await fetch(link, { method, headers: { accept: 'text/html' } })
      await response.arrayBuffer()
      return response.status
    }
    const statuses = [await ask('HEAD'), await ask('GET')]
    statuses.push(...(await Promise.all([ask('GET'), ask('GET')])))
    for (let twice = 0; twice < 2; twice += 1) statuses.push(await open(browser, link))
    scanned.push({ link, statuses })
  }
  return scanned
}

async function open(browser: Browser, link: URL): Promise<number> {
  const context = await browser.newContext({ javaScriptEnabled: true })
  try {
    const page = await context.newPage()
    const response = await page.goto(link.href, { waitUntil: 'networkidle' })
    for (const one of await page.locator('a, button').all()) {
      await one.hover({ timeout: 500 }).catch(() => {})
    }
    await page.mouse.wheel(0, 10_000)
    return response?.status() ?? 0
  } finally {
    await context.close()
  }
}
