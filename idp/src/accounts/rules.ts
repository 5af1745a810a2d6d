/** « Anne Dupont », or the e-mail of someone who has not told their name. */
export function displayName(account: {
  readonly given_name: string | null
  readonly family_name: string | null
  readonly email: string | null
}): string {
  const name = [account.given_name, account.family_name].filter(Boolean).join(' ')
  return name === '' ? (account.email ?? '') : name
}

/**
 * The life of an account (specification 6.1). The database refuses every other move; a test holds its
 * table to this drawing.
 *
 *     (registers) ──▶ unconfirmed ──────────┐ follows the link          ┌──▶ suspended ──┐
 *     (is imported) ▶ legacy ───────────────┼──────────────▶ active ◀───┤   by the team  │
 *     (is invited) ─▶ invited ──────────────┘  chooses a     │    ▲     └────────────────┘
 *                                              password      ▼    │ changes their mind
 *                                                    deletion_requested ──▶ deleted
 *                                                                  seven days
 */
export const MOVES = {
  unconfirmed: ['active'],
  invited: ['active'],
  legacy: ['active'],
  active: ['suspended', 'deletion_requested'],
  suspended: ['active'],
  deletion_requested: ['active', 'deleted'],
  deleted: [],
} as const satisfies Readonly<Record<string, readonly string[]>>

export type AccountState = keyof typeof MOVES

export const ACCOUNT_TYPES = ['particulier', 'independant', 'organisme'] as const
export type AccountType = (typeof ACCOUNT_TYPES)[number]
