import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { isHttps, type Secret } from '@myanm/chassis'
import type { Context } from 'koa'
import type { Config } from '../config.ts'

type Settings = Pick<Config, 'COOKIE_KEY' | 'PUBLIC_URL'>

const UID = /^[\w-]{10,64}$/

const cookieName = (publicUrl: URL): string =>
  isHttps(publicUrl) ? '__Host-inscription' : 'inscription'

/** The name of a journey, and a seal only we can make. */
function markOf(journey: string, key: Secret): string {
  const seal = createHmac('sha256', key.reveal()).update(`registration:${journey}`)
  return `${journey}.${seal.digest('base64url')}`
}

/** What the proof keeps of it: nothing that would open a link. */
export function fingerprintOf(journey: string, key: Secret): Buffer {
  return createHash('sha256').update(markOf(journey, key)).digest()
}

/**
 * Marks a browser as the one that registered, for when it comes back with the link of the mail. The mark
 * ends with the browser's session: the next person at a shared computer does not inherit it.
 */
export function markBrowser(ctx: Context, settings: Settings, journey: string): void {
  const { COOKIE_KEY: key, PUBLIC_URL: publicUrl } = settings
  ctx.cookies.set(cookieName(publicUrl), markOf(journey, key), {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: isHttps(publicUrl),
  })
}

/** @returns the journey in which this very browser asked for this proof; null when another one did */
export function journeyHere(
  ctx: Context,
  { COOKIE_KEY: key, PUBLIC_URL: publicUrl }: Settings,
  proof: { readonly browser: Buffer | null },
): string | null {
  const mark = ctx.cookies.get(cookieName(publicUrl)) ?? ''
  const [journey = ''] = mark.split('.')
  if (proof.browser === null || !UID.test(journey) || mark !== markOf(journey, key)) return null
  const here = fingerprintOf(journey, key)
  return here.length === proof.browser.length && timingSafeEqual(here, proof.browser)
    ? journey
    : null
}
