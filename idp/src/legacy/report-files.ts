import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'

/** A CSV of a report, written as it goes. */
export interface ReportFile {
  /** Resolves when there is room for the next line. */
  write(line: readonly (string | number | null)[]): Promise<void>
  close(): Promise<void>
}

/**
 * Writes a report that spreadsheets open as it is: semicolons, UTF-8 with its mark. What begins like a
 * formula is escaped, so that a name in a file of ours never runs in the spreadsheet of who reads it.
 * Readable by its owner only: it holds names and addresses.
 */
export async function openReport(path: string, heading: readonly string[]): Promise<ReportFile> {
  const file = createWriteStream(path, { mode: 0o600 })
  const { stringify } = await import('csv-stringify')
  const rows = stringify({ bom: true, delimiter: ';', escape_formulas: true })
  rows.pipe(file)
  rows.write(heading)
  return {
    write: async (line) => {
      if (!rows.write(line)) await new Promise((resolve) => rows.once('drain', resolve))
    },
    close: async () => {
      rows.end()
      await finished(file)
    },
  }
}
