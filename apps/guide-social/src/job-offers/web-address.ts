const LONGEST = 500

/**
 * Reads the address of a page as people type it, with or without `https://`. Only http and https, a
 * real host name and no credentials: nothing a browser would run, nothing that hides where it leads.
 * @returns the whole address, or null
 */
export function parseWebAddress(typed: string): string | null {
  if (typed.length > LONGEST || /^\/|\s/.test(typed)) return null
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(typed)
  // `javascript:`, `mailto:`, but not `www.exemple.be:8080`.
  if (!hasScheme && /^[a-z][a-z0-9+.-]*:(?!\d)/i.test(typed)) return null
  const url = URL.parse(hasScheme ? typed : `https://${typed}`)
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) return null
  if (url.username !== '' || url.password !== '') return null
  if (!/^[^.]+(\.[^.]+)*\.[a-z][a-z0-9-]+$/i.test(url.hostname)) return null
  return url.href.length <= LONGEST ? url.href : null
}
