import { type Browser, type BrowserServer, chromium, type LaunchOptions } from 'playwright-core'
import { chromiumExecutable } from './chromium.ts'

/** Where the run’s browser listens, for the processes of the tests. */
const ENDPOINT = 'MYANM_TEST_BROWSER'

/** Starts a Chromium that every test file of a run shares: see `sharedBrowser`. */
export async function startSharedBrowser(): Promise<BrowserServer> {
  const server = await chromium.launchServer(await launchOptions())
  process.env[ENDPOINT] = server.wsEndpoint()
  return server
}

/** The run’s browser; closing it ends this connection, not the browser. */
export function sharedBrowser(): Promise<Browser> {
  const endpoint = process.env[ENDPOINT]
  if (!endpoint) throw new Error('The global set-up has not started a browser')
  return chromium.connect(endpoint)
}

/** A browser of one’s own, for tools. */
export async function launchBrowser(): Promise<Browser> {
  return chromium.launch(await launchOptions())
}

async function launchOptions(): Promise<LaunchOptions> {
  const { executablePath, args, env } = await chromiumExecutable()
  return { executablePath, args: [...args], env: { ...env } }
}
