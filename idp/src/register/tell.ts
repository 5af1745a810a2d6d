import { fileURLToPath } from 'node:url'
import { readCatalogue } from '@myanm/chassis'
import type { ImportReport, Listener, Progress } from './import.ts'
import type { Rejection } from './rules.ts'

/** A sentence of the command, from the catalogue of this room. */
type Say = (key: string, values?: Readonly<Record<string, string | number>>) => string

export function sayInFrench(): Say {
  const catalogue = readCatalogue([fileURLToPath(new URL('.', import.meta.url))])
  return (key, values = {}) => catalogue.translate('fr', `register.${key}`, values)
}

interface Counted {
  readonly file: string
  readonly because: Rejection
  readonly line: number
  n: number
}

/** Follows an import: one line that is written over on a terminal, else a line from time to time. */
export function follow(out: NodeJS.WriteStream, say: Say) {
  const began = performance.now()
  const refused = new Map<string, Counted>()
  let [last, shown] = ['', 0]
  const listener: Listener = {
    progress: ({ step, file, done }: Progress): void => {
      // Often enough to be followed, not so often that a log fills up.
      if (performance.now() - shown < (out.isTTY ? 100 : 5000)) return
      shown = performance.now()
      const line = say(`progress.${step}`, { file, done })
      if (line === last) return
      last = line
      out.write(out.isTTY ? `\r\u001b[K${line}` : `${line}\n`)
    },
    rejected: ({ file, line, because }): void => {
      const known = refused.get(`${file} ${because}`)
      if (known) known.n += 1
      else refused.set(`${file} ${because}`, { file, because, line, n: 1 })
    },
  }
  return {
    listener,
    /** Leaves the line that is being written over. */
    end: (): void => void (out.isTTY && last !== '' && out.write('\n')),
    /** What the import did, for whoever typed the command. */
    report: ({ extract, lines, rejected, units, ...figures }: ImportReport): string => {
      const [year, month, day] = extract.snapshotOn.split('-')
      const seconds = (performance.now() - began) / 1000
      return [
        say('report.done', {
          ...{ number: extract.number, kind: extract.kind, day: `${day}/${month}/${year}` },
          ...{ lines, seconds },
        }),
        say('report.figures', figures),
        say('report.units', units),
        ...(rejected > 0 ? [say('report.rejected', { n: rejected })] : []),
        ...[...refused.values()].map(({ file, because, n, line }) =>
          say('report.reason', { file, reason: say(`rejected.${because}`), n, line }),
        ),
        say('report.next'),
        '',
      ].join('\n')
    },
  }
}
