/** Whether everything asked for has been agreed to. */
export function isCovered(asked: Iterable<string>, agreed: readonly string[]): boolean {
  const known = new Set(agreed)
  return [...asked].every((scope) => known.has(scope))
}

/** Scopes a person is told about, in the order they are told; `consents.scope.<name>` says what each is. */
export const TOLD_SCOPES = [
  'profile',
  'email',
  'compte',
  'organisation',
  'bilan',
  'offline_access',
] as const
