import { createHmac, timingSafeEqual } from 'node:crypto'

/** How recent a sign-in must be for what changes an account, in milliseconds (4.3.5). */
export const RECENT = 10 * 60_000

/** Whether somebody proved who they are recently enough. The boundary still counts. */
export function isRecent(signedInAt: Date, now: Date): boolean {
  return now.getTime() - signedInAt.getTime() <= RECENT
}

const LABEL = 'return-to:'

const sealOf = (path: string, key: string): Buffer =>
  createHmac('sha256', key)
    .update(LABEL + path)
    .digest()

/** Where to go after signing in, sealed: nobody else can make an address of ours lead anywhere (F31). */
export function sealReturn(path: string, key: string): string {
  return `${Buffer.from(path).toString('base64url')}.${sealOf(path, key).toString('base64url')}`
}

/** @returns the path, or null when it was not sealed by us */
export function readReturn(state: string, key: string): string | null {
  const [text = '', seal = ''] = state.split('.')
  const path = Buffer.from(text, 'base64url').toString()
  const given = Buffer.from(seal, 'base64url')
  const expected = sealOf(path, key)
  const isOurs = given.length === expected.length && timingSafeEqual(given, expected)
  return isOurs && path.startsWith('/') && !path.startsWith('//') ? path : null
}

/** The pages of « Mon compte », in the order they are named beside each of them. */
export const ACCOUNT_PAGES = [
  { key: 'overview', path: '/compte' },
  { key: 'organisations', path: '/compte/organismes' },
  { key: 'identity', path: '/compte/identite' },
  { key: 'sign-in', path: '/compte/connexion' },
  { key: 'security', path: '/compte/securite' },
  { key: 'sessions', path: '/compte/sessions' },
  { key: 'sites', path: '/compte/sites' },
  { key: 'preferences', path: '/compte/preferences' },
  { key: 'data', path: '/compte/donnees' },
] as const

export type AccountPage = (typeof ACCOUNT_PAGES)[number]['key']
