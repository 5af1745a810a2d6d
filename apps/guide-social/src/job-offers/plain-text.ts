/** Control characters, and those that turn the direction of what follows: a title could lie with them. */
const INVISIBLE = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu

/** One line of plain text: composed, without control characters, single spaces. */
export function line(typed: string): string {
  return typed.normalize('NFC').replaceAll(/\s+/g, ' ').replaceAll(INVISIBLE, '').trim()
}

/** Plain text with paragraphs: line ends as `\n`, at most one empty line in a row. */
export function paragraphs(typed: string): string {
  return typed
    .normalize('NFC')
    .replaceAll(/\r\n?/g, '\n')
    .split('\n')
    .map((row) => row.replaceAll('\t', ' ').replaceAll(INVISIBLE, '').trimEnd())
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim()
}

/** A part of a text as a page shows it: a paragraph of lines, or a list of points. */
export type Block =
  | { readonly kind: 'paragraph'; readonly lines: readonly string[] }
  | { readonly kind: 'list'; readonly items: readonly string[] }

const POINT = /^\s*[-–•*]\s+/

/** Splits at empty lines; lines that begin with a dash or a bullet become a list. */
export function blocksOf(text: string): readonly Block[] {
  const blocks: Block[] = []
  for (const part of text.split(/\n\n+/)) {
    for (const run of runsOf(part.split('\n').filter((row) => row.trim() !== ''))) blocks.push(run)
  }
  return blocks
}

function runsOf(rows: readonly string[]): readonly Block[] {
  const runs: { kind: Block['kind']; rows: string[] }[] = []
  for (const row of rows) {
    const kind = POINT.test(row) ? 'list' : 'paragraph'
    const last = runs.at(-1)
    if (last?.kind === kind) last.rows.push(row)
    else runs.push({ kind, rows: [row] })
  }
  return runs.map((run) =>
    run.kind === 'list'
      ? { kind: 'list', items: run.rows.map((row) => row.replace(POINT, '')) }
      : { kind: 'paragraph', lines: run.rows },
  )
}
