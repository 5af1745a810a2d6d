import type { BrowserServer } from 'playwright-core'
import { startSharedBrowser } from './browser.ts'
import startPostgres from './global-setup.ts'

export const startedBrowser: { server?: BrowserServer } = {}

/** Before the first journey: a PostgreSQL and one Chromium for the whole run. */
export default async function globalSetup(): Promise<void> {
  const [, server] = await Promise.all([startPostgres(), startSharedBrowser()])
  startedBrowser.server = server
}
