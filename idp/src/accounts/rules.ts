/** « Anne Dupont », or the e-mail of someone who has not told their name. */
export function displayName(account: {
  readonly given_name: string | null
  readonly family_name: string | null
  readonly email: string | null
}): string {
  const name = [account.given_name, account.family_name].filter(Boolean).join(' ')
  return name === '' ? (account.email ?? '') : name
}
