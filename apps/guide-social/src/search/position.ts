/** A place in the list: the offer after which the next page begins. Pages follow each other by key. */
export interface Position {
  readonly publishedAt: Date
  readonly number: number
}

/** The place as an address carries it: `mhk3v5q8-1024`. */
export function writePosition({ publishedAt, number }: Position): string {
  return `${publishedAt.getTime().toString(36)}-${number}`
}

/** Null for what is no place: the list then begins at its beginning. */
export function readPosition(written: string | null): Position | null {
  const parts = /^([0-9a-z]{1,9})-([1-9]\d{0,14})$/.exec(written ?? '')
  if (!parts) return null
  const publishedAt = new Date(Number.parseInt(parts[1] ?? '', 36))
  return { publishedAt, number: Number(parts[2]) }
}
