import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import type { CsvError, Info } from 'csv-parse'
import {
  COLUMNS,
  type Column,
  delimiterOf,
  type LegacyRow,
  type Rejection,
  readHeading,
  readRow,
} from './rules.ts'

/** A line of the file: what it says, or why it is not imported. */
export type Line =
  | { readonly line: number; readonly row: LegacyRow; readonly hasBadEmail: boolean }
  | { readonly line: number; readonly rejected: Rejection }

/** The file as a whole cannot be read. `code` is a key of the catalogue: `legacy.file.<code>`. */
export class UnreadableFile extends Error {
  readonly code: 'absent' | 'not-utf8' | 'empty' | 'heading' | 'quote'
  readonly values: Readonly<Record<string, string | number>>

  constructor(
    code: UnreadableFile['code'],
    values: UnreadableFile['values'] = {},
    options: ErrorOptions = {},
  ) {
    super(`unreadable file: ${code}`, options)
    this.code = code
    this.values = values
  }
}

/** No line of accounts is this long; past it, a quote was opened and not closed. */
const LONGEST_RECORD = 4 * 1024 * 1024

/**
 * Reads a file line by line, whatever its length: one record is in memory at a time. A line that is
 * wrong is told with its reason, the next one is read all the same.
 *
 * @throws UnreadableFile when there is no making sense of it, such as another encoding or a missing column
 */
export async function* readFile(
  path: string,
  options: { readonly now: Date; readonly onIgnored?: (columns: readonly string[]) => void },
): AsyncGenerator<Line> {
  const skipped: Line[] = []
  let line = 0
  // Loaded by the command that imports: MyANM itself reads no file.
  const { parse } = await import('csv-parse')
  const parser = parse({
    bom: true,
    delimiter: delimiterOf(await firstLineOf(path)),
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: LONGEST_RECORD,
    on_skip: (error) => void skipped.push(skippedLine(error, line)),
  })
  const source = createReadStream(path)
  source.on('error', (error) => parser.destroy(error))
  source.pipe(parser)

  let positions: ReadonlyMap<Column, number> | undefined
  let width = 0
  for await (const { record, info } of parser as AsyncIterable<{
    record: string[]
    info: Info
  }>) {
    yield* skipped.splice(0)
    line = info.lines
    if (!positions) {
      positions = positionsOf(record, options.onIgnored)
      width = record.length
    } else if (record.length !== width) {
      yield { line, rejected: 'wrong-number-of-fields' }
    } else {
      yield { line, ...readRow(record, { positions, now: options.now }) }
    }
  }
  yield* skipped.splice(0)
  if (!positions) throw new UnreadableFile('empty')
}

function positionsOf(
  names: readonly string[],
  onIgnored: ((names: readonly string[]) => void) | undefined,
): ReadonlyMap<Column, number> {
  if (names.some((name) => name.includes('\uFFFD'))) throw new UnreadableFile('not-utf8')
  const heading = readHeading(names)
  if ('missing' in heading) {
    const { missing, twice } = heading
    throw new UnreadableFile('heading', {
      missing: namesOf(missing),
      twice: namesOf(twice),
    })
  }
  if (heading.ignored.length > 0) onIgnored?.(heading.ignored)
  return heading.positions
}

const namesOf = (columns: readonly Column[]): string =>
  columns.map((column) => COLUMNS[column][0]).join(', ') || 'none'

/** A quote that is not closed takes the rest of the file with it: better to say so than to guess. */
function skippedLine(error: CsvError | undefined, after: number): Line {
  if (error?.code === 'CSV_MAX_RECORD_SIZE' || error?.code === 'CSV_QUOTE_NOT_CLOSED') {
    throw new UnreadableFile('quote', { line: after + 1 })
  }
  return { line: after + 1, rejected: 'unreadable' }
}

/** Enough of the file to see how it is written. */
async function firstLineOf(path: string): Promise<string> {
  const file = await open(path).catch((cause: Error) => {
    throw new UnreadableFile('absent', { file: path }, { cause })
  })
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(16_384), 0, 16_384, 0)
    const head = buffer.subarray(0, bytesRead)
    const [first = ''] = head.toString('utf8').split('\n', 1)
    // UTF-16 has a zero in every other byte.
    if (first.includes('\0')) throw new UnreadableFile('not-utf8')
    return first
  } finally {
    await file.close()
  }
}
