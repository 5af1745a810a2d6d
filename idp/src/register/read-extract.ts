import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type Readable, Transform } from 'node:stream'
import { crc32 } from 'node:zlib'
import type { CsvError } from 'csv-parse'
import type { Entry, ZipFile } from 'yauzl'
import { type Cells, type Extract, readMeta } from './rules.ts'

/** The file cannot be taken over. `code` is a key of the catalogue: `register.file.<code>`. */
export class UnusableExtract extends Error {
  readonly code:
    | 'absent'
    | 'damaged'
    | 'not-an-extract'
    | 'missing'
    | 'heading'
    | 'quote'
    | 'empty'
    | 'older'
    | 'needs-full'
    | 'gap'
    | 'shrunk'
    | 'mostly-wrong'
  readonly values: Readonly<Record<string, string | number>>

  constructor(
    code: UnusableExtract['code'],
    values: UnusableExtract['values'] = {},
    options: ErrorOptions = {},
  ) {
    super(`unusable extract: ${code}`, options)
    this.code = code
    this.values = values
  }
}

/** An extract that is open: its files by name, each read as it streams by. */
export interface OpenExtract {
  readonly extract: Extract
  has(file: string): boolean
  /** Every line of a file, by its columns; `null` for one that has not as many fields as the heading. */
  lines(file: string, columns: readonly string[]): AsyncGenerator<Cells | null>
  close(): void
}

type Files = ReadonlyMap<string, () => Promise<Readable>>

/** No line of the register is this long; past it, a quote was opened and not closed. */
const LONGEST_RECORD = 1024 * 1024

/**
 * Opens an extract: the zip of the Banque-Carrefour, or a folder with the files it is made of.
 * @throws UnusableExtract when it is no zip, is cut short, or does not say what it is
 */
export async function openExtract(path: string): Promise<OpenExtract> {
  const kind = await stat(path).catch((cause: Error) => {
    throw new UnusableExtract('absent', { file: path }, { cause })
  })
  const { files, close } = kind.isDirectory() ? await folder(path) : await zip(path)
  try {
    const variables = new Map<string, string>()
    for await (const cells of linesOf(files, 'meta.csv', ['Variable', 'Value'])) {
      if (cells) variables.set(cells['Variable'] ?? '', cells['Value'] ?? '')
    }
    const extract = readMeta(variables)
    if (!extract) throw new UnusableExtract('not-an-extract')
    return {
      extract,
      has: (file) => files.has(file),
      lines: (file, columns) => linesOf(files, file, columns),
      close,
    }
  } catch (error) {
    close()
    throw error
  }
}

async function folder(path: string): Promise<{ files: Files; close: () => void }> {
  const names = await readdir(path)
  const files = new Map(
    names.map((name) => [name, async () => createReadStream(join(path, name)) as Readable]),
  )
  return { files, close: () => {} }
}

/** A zip is read from its end, where its list of files is: one that is cut short has none. */
async function zip(path: string): Promise<{ files: Files; close: () => void }> {
  // Loaded by who imports: MyANM itself reads no zip.
  const { open } = await import('yauzl')
  const archive = await new Promise<ZipFile>((resolve, reject) => {
    open(path, { lazyEntries: true, autoClose: false }, (error, opened) =>
      error ? reject(new UnusableExtract('damaged', {}, { cause: error })) : resolve(opened),
    )
  })
  const files = new Map<string, () => Promise<Readable>>()
  await new Promise<void>((resolve, reject) => {
    archive.on('entry', (entry: Entry) => {
      files.set(basename(entry.fileName), () => contentOf(archive, entry))
      archive.readEntry()
    })
    archive.on('end', resolve)
    archive.on('error', (error: Error) =>
      reject(new UnusableExtract('damaged', {}, { cause: error })),
    )
    archive.readEntry()
  }).catch((error: unknown) => {
    archive.close()
    throw error
  })
  return { files, close: () => archive.close() }
}

/** What is in one file of a zip, held against the checksum the zip has of it. */
function contentOf(archive: ZipFile, entry: Entry): Promise<Readable> {
  return new Promise((resolve, reject) => {
    archive.openReadStream(entry, (error, stream) => {
      if (error) return reject(new UnusableExtract('damaged', {}, { cause: error }))
      let sum = 0
      const checked = new Transform({
        transform(chunk: Buffer, _encoding, done) {
          sum = crc32(chunk, sum)
          done(null, chunk)
        },
        flush: (done) => done(sum === entry.crc32 ? null : new UnusableExtract('damaged')),
      })
      stream.on('error', (cause: Error) =>
        checked.destroy(new UnusableExtract('damaged', {}, { cause })),
      )
      checked.on('close', () => stream.destroy())
      resolve(stream.pipe(checked))
    })
  })
}

async function* linesOf(
  files: Files,
  file: string,
  columns: readonly string[],
): AsyncGenerator<Cells | null> {
  const open = files.get(file)
  if (!open) throw new UnusableExtract('missing', { file })
  const { parse } = await import('csv-parse')
  const broken: CsvError[] = []
  const parser = parse({
    bom: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: LONGEST_RECORD,
    on_skip: (error) => void (error && broken.push(error)),
  })
  const source = await open()
  source.on('error', (error) => parser.destroy(error))
  source.pipe(parser)
  let positions: readonly (readonly [string, number])[] | undefined
  let width = 0
  try {
    for await (const record of parser as AsyncIterable<string[]>) {
      refuseOpenQuote(file, broken)
      if (!positions) {
        positions = positionsOf(record, file, columns)
        width = record.length
      } else if (record.length !== width) {
        yield null
      } else {
        yield cellsOf(record, positions)
      }
    }
  } finally {
    source.destroy()
  }
  refuseOpenQuote(file, broken)
  if (!positions) throw new UnusableExtract('heading', { file, missing: columns.join(', ') })
}

/** Written as a loop: it is done for millions of lines. */
function cellsOf(
  record: readonly string[],
  positions: readonly (readonly [string, number])[],
): Cells {
  const cells: Record<string, string> = {}
  for (const [name, at] of positions) cells[name] = record[at] ?? ''
  return cells
}

/** A quote that is not closed takes the rest of the file with it: better to say so than to guess. */
function refuseOpenQuote(file: string, broken: readonly CsvError[]): void {
  if (broken.length > 0) throw new UnusableExtract('quote', { file }, { cause: broken[0] })
}

function positionsOf(
  heading: readonly string[],
  file: string,
  columns: readonly string[],
): readonly (readonly [string, number])[] {
  const positions = columns.map((name) => [name, heading.indexOf(name)] as const)
  const missing = positions.filter(([, at]) => at < 0).map(([name]) => name)
  if (missing.length > 0) {
    throw new UnusableExtract('heading', { file, missing: missing.join(', ') })
  }
  return positions
}
