import { startedBrowser } from './global-setup-with-browser.ts'
import stopPostgres from './global-teardown.ts'

export default async function globalTeardown(): Promise<void> {
  await Promise.all([startedBrowser.server?.close(), stopPostgres()])
}
