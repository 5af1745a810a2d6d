import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Secret } from '@myanm/chassis'

export interface Subscription {
  readonly account: string
  readonly newsletter: string
}

/** Makes and reads the links that end a newsletter without signing in (M26, RFC 8058). */
export interface StopLinks {
  tokenOf(subscription: Subscription): string
  /** What a link ends; null when the seal is not ours. */
  read(token: string): Subscription | null
}

/** Where such a link leads. */
export const STOP_PATH = '/newsletter/arret/:jeton'

export const stopPath = (token: string): string => STOP_PATH.replace(':jeton', token)

const TOKEN = /^([\w-]{8,200})\.([\w-]{43})$/

/**
 * The link names what it ends and is sealed: nothing is kept for it, and it works as long as the
 * newsletters that carry it lie in mailboxes. It ends a subscription, and opens nothing.
 */
export function stopLinks(key: Secret): StopLinks {
  const seal = (name: string): Buffer =>
    createHmac('sha256', key.reveal()).update(`stop-newsletter:${name}`).digest()
  return {
    tokenOf: ({ account, newsletter }) => {
      const name = Buffer.from(`${account}:${newsletter}`).toString('base64url')
      return `${name}.${seal(name).toString('base64url')}`
    },
    read: (token) => {
      const [, name = '', given = ''] = TOKEN.exec(token) ?? []
      const sealed = Buffer.from(given, 'base64url')
      const expected = seal(name)
      if (sealed.length !== expected.length || !timingSafeEqual(sealed, expected)) return null
      const [account = '', newsletter = ''] = Buffer.from(name, 'base64url').toString().split(':')
      return { account, newsletter }
    },
  }
}
