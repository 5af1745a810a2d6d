import type { BrowserContext } from 'playwright-core'

/**
 * Writes down what pages must never do: complain in the console (a broken Content-Security-Policy shows
 * there), run into an error, or call another machine.
 */
export function complaintsOf(context: BrowserContext): string[] {
  const complaints: string[] = []
  context.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return
    const { url } = message.location()
    // Chromium reports the status of the page itself here too; journeys look at it where it matters.
    const isAboutThePage = /the server responded with a status of [45]\d\d/.test(message.text())
    if (isAboutThePage && url === message.page()?.url()) return
    complaints.push(`${url}: ${message.text()}`)
  })
  context.on('weberror', (error) => complaints.push(String(error.error())))
  context.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url())
    if (protocol !== 'data:' && hostname !== 'localhost') {
      complaints.push(`A request to another machine: ${request.url()}`)
    }
  })
  return complaints
}
