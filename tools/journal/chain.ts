import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto'

/**
 * The form in which the journal is chained and signed, written a second time, from the description in
 * decision 0030 and not from the code that does it: what both get wrong alike goes unseen.
 */

/** A line, as text; moments in microseconds. */
export interface Line {
  readonly id: string
  readonly at: string
  readonly event: string
  readonly account: string | null
  readonly organisation: string | null
  readonly client: string | null
  readonly actor: string | null
  readonly details: string
}

export interface Seal {
  readonly number: string
  readonly previous: string | null
  readonly hash: string
  readonly sealedAt: string
  readonly until: string
  readonly count: number
  /** Such as `{[1,5),[7,9)}`. */
  readonly lines: string
  readonly links: readonly Buffer[]
  readonly key: string | null
  readonly signature: Buffer | null
  readonly isForgotten: boolean
}

const field = (value: string | null): string =>
  value === null ? '-' : `${Buffer.byteLength(value)}:${value}`

const sha256 = (...parts: (string | Buffer)[]): Buffer => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

/** What a chain begins with, after so many lines that were there before it. */
export const beginning = ({ count }: Seal): string =>
  sha256('myanm-journal/1', field(String(count))).toString('hex')

/** The link before the first line of a seal. */
export const firstLink = ({ previous, number, sealedAt, count, until }: Seal): Buffer =>
  sha256('myanm-journal/1', [previous, number, sealedAt, String(count), until].map(field).join(''))

export const linkOf = (before: Buffer, line: Line): Buffer =>
  sha256(
    before,
    [line.id, line.at, line.event, line.account, line.organisation, line.client, line.actor]
      .concat(line.details)
      .map(field)
      .join(''),
  )

/** The link of a line that was gone before it was sealed. */
export const linkOfGone = (before: Buffer, id: string): Buffer => sha256(before, field(id))

/** The numbers of lines in `{[1,5),[7,9)}`. */
export function* numbersIn(lines: string): Generator<string> {
  for (const [, from, to] of lines.matchAll(/\[(\d+),(\d+)\)/g)) {
    for (let id = BigInt(from ?? 0); id < BigInt(to ?? 0); id += 1n) yield id.toString()
  }
}

/** Public keys by their short name. @param keys SPKI, base64url */
export function readKeys(keys: readonly string[]): ReadonlyMap<string, KeyObject> {
  return new Map(
    keys.map((key) => {
      const spki = Buffer.from(key, 'base64url')
      const name = sha256(spki).toString('hex').slice(0, 16)
      return [name, createPublicKey({ key: spki, format: 'der', type: 'spki' })]
    }),
  )
}

export function isSigned(seal: Seal, keys: ReadonlyMap<string, KeyObject>): boolean {
  const key = keys.get(seal.key ?? '')
  const { number, previous, hash, count, until, sealedAt } = seal
  const words = [number, previous, hash, String(count), until, sealedAt].map(field).join('')
  return (
    key !== undefined &&
    seal.signature !== null &&
    verify(null, Buffer.from(`myanm-journal-seal/1${words}`), key, seal.signature)
  )
}
