import { z } from 'zod'
import { isCommonWord } from './common-passwords.ts'
import { normalisePassword, refusalOfPassword } from './rules.ts'

/** Longer is a mistake or an attack; still shorter is refused by the rule, with its reason. */
const LONGEST_TYPED = 10_000

/** The fields of `credentials/pages/new-password.njk`, for the schema of a form that has them. */
export const newPasswordFields = {
  mot_de_passe: z
    .string({ error: 'credentials.password.too-short' })
    .max(LONGEST_TYPED, 'credentials.password.too-long'),
  confirmation: z
    .string({ error: 'credentials.password.confirm' })
    .max(LONGEST_TYPED, 'credentials.password.differ'),
} as const

/**
 * What is wrong with a new password: field → key of its message (E06 and why, E07); empty when it may
 * be chosen. Nothing is trimmed or cut: spaces at both ends belong to it.
 * @param own what belongs to the person and makes a password easy to guess: login, address, names
 */
export function mistakesOfNewPassword(typed: {
  readonly password: string
  readonly confirmation: string
  readonly own: readonly (string | null)[]
}): Readonly<Record<string, string>> {
  const { password, confirmation, own } = typed
  const refusal = refusalOfPassword(password, { own, isCommon: isCommonWord })
  if (refusal) return { mot_de_passe: `credentials.password.${refusal}` }
  if (normalisePassword(password) !== normalisePassword(confirmation)) {
    return { confirmation: 'credentials.password.differ' }
  }
  return {}
}
