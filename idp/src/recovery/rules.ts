import type { AccountState } from '#rules/accounts'

/** The mails that lead back in; each is also the purpose of the link it carries. */
export type WayBack = 'reset-password' | 'first-sign-in'

export const WAYS_BACK = ['reset-password', 'first-sign-in'] as const satisfies readonly WayBack[]

/**
 * Which mail an account gets whose person asks to get back in; null for none (M57, M59).
 *
 * Somebody who never confirmed their address chooses a new password by mail too, and is not sent the
 * confirmation again: whoever registered with an address that is not theirs must not find their own
 * password in the account once its owner has proven the mailbox. What the team has suspended, a mail
 * does not open.
 */
export function wayBackFor(account: {
  readonly state: AccountState
  readonly email: string | null
}): WayBack | null {
  if (account.email === null) return null
  switch (account.state) {
    case 'legacy':
      return 'first-sign-in'
    case 'active':
    case 'unconfirmed':
    case 'deletion_requested':
      return 'reset-password'
    default:
      return null
  }
}

/**
 * « m•••@e•••.be »: enough to know one's own mailbox, too little to learn somebody else's. As many dots
 * whatever the length.
 */
export function maskAddress(email: string): string {
  const at = email.lastIndexOf('@')
  const dot = email.lastIndexOf('.')
  const [name, domain] = [email.slice(0, at), email.slice(at + 1, dot > at ? dot : undefined)]
  const first = (text: string) => [...text][0] ?? ''
  return `${first(name)}•••@${first(domain)}•••${dot > at ? email.slice(dot) : ''}`
}

/** Whether the same was asked for less than a minute ago, from this browser (M48). */
export function isTooSoon(askedAt: number, now: number): boolean {
  return now - askedAt < 60_000
}

/** The name of a journey as it stands in an address; anything else is dropped, not followed. */
export function readJourneyName(text: unknown): string | undefined {
  return typeof text === 'string' && /^[\w-]{8,64}$/.test(text) ? text : undefined
}
