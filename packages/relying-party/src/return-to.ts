/** Pages that are steps of signing in or out: coming back to them would go round in circles. */
const STEPS = new Set(['/connexion', '/retour', '/deconnexion', '/deconnecte'])

/** Longest path worth coming back to, in characters. */
const LONGEST = 2000

/**
 * A path of this site to come back to, whatever was asked for: anything else becomes the home page.
 *
 * The address is read as a browser reads it (`\` is `/`, tabs and newlines vanish, dots are resolved)
 * and only what that reading leaves on our origin is kept: `//evil.example`, `/\evil.example` and
 * `/.//evil.example` all lead elsewhere (RFC 9700 §4.11).
 */
export function safeReturn(asked: unknown): string {
  if (typeof asked !== 'string' || !asked.startsWith('/') || asked.length > LONGEST) return '/'
  const here = 'http://here.invalid'
  const address = URL.parse(asked, here)
  if (address === null || address.origin !== here) return '/'
  if (address.pathname.startsWith('//') || STEPS.has(address.pathname)) return '/'
  return `${address.pathname}${address.search}${address.hash}`
}
