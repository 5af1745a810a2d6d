import type pg from 'pg'
import {
  beginning,
  firstLink,
  isSigned,
  type Line,
  linkOf,
  linkOfGone,
  numbersIn,
  readKeys,
  type Seal,
} from './chain.ts'
import { readLines, readOutside, readSeals, readUntold, sealBefore } from './read.ts'

/** What may be found: a line or a seal that is not what was sealed, a role that no line tells of. */
export type Kind =
  | 'line-changed'
  | 'line-missing'
  | 'line-added'
  | 'line-backdated'
  | 'line-waits'
  | 'seal-missing'
  | 'seal-changed'
  | 'seal-not-signed'
  | 'forgotten-too-soon'
  | 'cut-short'
  | 'role-untold'

export interface Finding {
  readonly kind: Kind
  readonly seal?: string
  readonly line?: string
  readonly membership?: string
}

export interface Checked {
  readonly findings: readonly Finding[]
  readonly seals: number
  readonly lines: number
  /** Committed since the last seal. */
  readonly waiting: number
  /** The end of the chain. Whoever keeps it outside of the database sees next time if it was cut. */
  readonly head: { readonly number: string; readonly hash: string } | null
}

const MINUTE = 60_000_000n
/** A transaction of ours takes less; a line that says it is older than that came otherwise. */
const LATE = 15n * MINUTE
/** Each hour is sealed, even one in which nothing happened. */
const SILENCE = 120n * MINUTE

/**
 * Checks the journal against its seals: every line that was sealed is there and says what it said, no
 * line is there that was not sealed, no seal is missing between the first and the last, all are signed;
 * and everybody's role is the one the last line about them gave.
 * Reads only, in the snapshot of the caller's transaction, and trusts nothing of the database but what
 * it reads.
 *
 * @param asked.known ends of the chain seen before: by an earlier check, or in the log of MyANM
 */
export async function verifyJournal(
  client: pg.Client,
  asked: {
    readonly keys: readonly string[]
    readonly since?: Date
    readonly known?: readonly { readonly number: string; readonly hash: string }[]
  },
): Promise<Checked> {
  const keys = readKeys(asked.keys)
  const known = new Map((asked.known ?? []).map(({ number, hash }) => [number, hash]))
  const findings: Finding[] = []
  const { rows } = await client.query<{ now: string; year: string }>(
    `select (extract(epoch from now()) * 1000000)::bigint::text as now,
      (extract(epoch from now() - interval '12 months') * 1000000)::bigint::text as year`,
  )
  const [now, year] = [BigInt(rows[0]?.now ?? 0), BigInt(rows[0]?.year ?? 0)]
  let after = asked.since ? await sealBefore(client, asked.since) : '-1'
  let before: Seal | undefined
  let first: string | undefined
  let [seals, lines] = [0, 0]
  // The last line of those that were there before the chain.
  let begun = 0n

  for (;;) {
    const batch = await readSeals(client, { after, most: 200 })
    if (batch.length === 0) break
    const there = await readLines(client, batch)
    for (const seal of batch) {
      const say = (kind: Kind, line?: string) =>
        void findings.push({ kind, seal: seal.number, ...(line !== undefined && { line }) })
      if (seal.number === '0') {
        begun = BigInt(seal.count)
        if (seal.hash !== beginning(seal)) say('seal-changed')
      } else if (!isSigned(seal, keys)) say('seal-not-signed')
      if (before) {
        if (BigInt(seal.number) !== BigInt(before.number) + 1n) say('seal-missing')
        else if (seal.previous !== before.hash) say('seal-changed')
      } else if (!asked.since && seal.number !== '0' && !seal.isForgotten) say('seal-missing')
      if (known.has(seal.number) && known.get(seal.number) !== seal.hash) say('cut-short')
      known.delete(seal.number)
      if (seal.isForgotten) {
        if (seal.number !== '0' && BigInt(seal.until) >= year) say('forgotten-too-soon')
      } else {
        const earliest = before && BigInt(before.sealedAt) - LATE
        for (const { kind, line } of checkLines(seal, there, { earliest, begun })) say(kind, line)
        first ??= numbersIn(seal.lines).next().value ?? undefined
        lines += seal.count
      }
      seals += 1
      before = seal
    }
    after = batch.at(-1)?.number ?? after
  }

  if (!before || BigInt(before.sealedAt) < now - SILENCE) findings.push({ kind: 'cut-short' })
  // An end that was seen and is not there; what was before the first seal is forgotten with age.
  for (const number of known.keys()) {
    if (!before || BigInt(number) > BigInt(before.number)) {
      findings.push({ kind: 'cut-short', seal: number })
    }
  }
  const outside = await readOutside(client, asked.since ? (first ?? '0') : '0')
  for (const line of outside.added) findings.push({ kind: 'line-added', line })
  for (const line of outside.gone) findings.push({ kind: 'line-missing', line })
  if (outside.waiting.some(({ line, at }) => BigInt(line) > begun && BigInt(at) < now - LATE)) {
    findings.push({ kind: 'line-waits' })
  }
  for (const membership of await readUntold(client)) {
    findings.push({ kind: 'role-untold', membership })
  }
  return {
    findings,
    seals,
    lines,
    waiting: outside.waiting.length,
    head: before ? { number: before.number, hash: before.hash } : null,
  }
}

/** The lines of one seal, link by link; after a link that is wrong, on from what the seal says. */
function* checkLines(
  seal: Seal,
  there: ReadonlyMap<string, Line>,
  when: { readonly earliest: bigint | undefined; readonly begun: bigint },
): Generator<{ readonly kind: Kind; readonly line?: string }> {
  let link = firstLink(seal)
  let position = 0
  for (const id of numbersIn(seal.lines)) {
    const line = there.get(id)
    const said = seal.links[position]
    const own = line ? linkOf(link, line) : linkOfGone(link, id)
    if (!line) yield { kind: 'line-missing', line: id }
    else if (said === undefined || !own.equals(said)) yield { kind: 'line-changed', line: id }
    else if (isBackdated(line, when)) yield { kind: 'line-backdated', line: id }
    link = said ?? own
    position += 1
  }
  const whole = position === seal.count && seal.links.length === seal.count
  if (!whole || link.toString('hex') !== seal.hash) yield { kind: 'seal-changed' }
}

function isBackdated(
  line: Line,
  { earliest, begun }: { readonly earliest: bigint | undefined; readonly begun: bigint },
): boolean {
  return earliest !== undefined && BigInt(line.at) < earliest && BigInt(line.id) > begun
}
