/** Whether everything asked for has been agreed to. */
export function isCovered(asked: Iterable<string>, agreed: readonly string[]): boolean {
  const known = new Set(agreed)
  return [...asked].every((scope) => known.has(scope))
}
