import type { AccountType } from '#rules/accounts'
import { UNDELIVERED } from '#rules/mail'

/** What deserves a person's attention, the most urgent first; nothing of it is imposed. */
export type Concern =
  | 'mail-returned'
  | 'address-pending'
  | 'name-missing'
  | 'newsletter-pending'
  | 'second-factor'

export interface Situation {
  readonly hasName: boolean
  /** The last letter to their address came back or was given up. */
  readonly isMailReturned: boolean
  readonly isAddressPending: boolean
  readonly isNewsletterPending: boolean
  readonly hasSecondFactor: boolean
}

export function concernsOf(situation: Situation): readonly Concern[] {
  const found: readonly (readonly [Concern, boolean])[] = [
    ['mail-returned', situation.isMailReturned],
    ['address-pending', situation.isAddressPending],
    ['name-missing', !situation.hasName],
    ['newsletter-pending', situation.isNewsletterPending],
    ['second-factor', !situation.hasSecondFactor],
  ]
  return found.filter(([, holds]) => holds).map(([concern]) => concern)
}

/**
 * Whether the last letter whose fate is known came back. What goes to an address that is yet to be
 * proven says nothing about this one.
 * @param letters the latest first
 */
export function isMailReturned(
  letters: readonly { readonly code: string; readonly state: string }[],
): boolean {
  const last = letters.find(({ code, state }) => code !== 'change-email' && state !== 'queued')
  return last !== undefined && (UNDELIVERED as readonly string[]).includes(last.state)
}

export const CIVILITIES = ['madame', 'monsieur'] as const
export const VAT_STATUSES = ['assujetti', 'franchise', 'exempte', 'non-assujetti'] as const

/** Only who works for themselves is asked about their work (M18): a private person never sees it. */
export const tellsOfWork = (type: AccountType): boolean => type === 'independant'

/** Names of the fields that differ: what somebody else, or another tab, has changed meanwhile. */
export function changedFields(
  shown: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): readonly string[] {
  return Object.keys(now).filter((field) => (shown[field] ?? '') !== now[field])
}
