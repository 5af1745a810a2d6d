import { fileURLToPath } from 'node:url'
import { readCatalogue } from '@myanm/chassis'
import type { ImportReport, Progress } from './import.ts'

/** A sentence of the command, from the catalogue of this room. */
export type Say = (key: string, values?: Readonly<Record<string, string | number>>) => string

export function sayInFrench(): Say {
  const catalogue = readCatalogue([fileURLToPath(new URL('.', import.meta.url))])
  return (key, values = {}) => catalogue.translate('fr', `legacy.${key}`, values)
}

/** One line that follows the work on a terminal; elsewhere, a line from time to time. */
export function showProgress(out: NodeJS.WriteStream, say: Say) {
  const began = performance.now()
  const seconds = () => (performance.now() - began) / 1000
  let [last, shown] = ['', 0]
  return {
    seconds,
    show: ({ step, done, total }: Progress): void => {
      const isDone = done === total
      // Often enough to be followed, not so often that a log fills up.
      if (!isDone && performance.now() - shown < (out.isTTY ? 100 : 5000)) return
      shown = performance.now()
      const line = say(`progress.${step}`, { done, total: total ?? 0 })
      if (line === last) return
      last = line
      out.write(out.isTTY ? `\r\u001b[K${line}` : `${line}\n`)
    },
    /** Leaves the line that is being written over. */
    end: (): void => void (out.isTTY && last !== '' && out.write('\n')),
  }
}

/** What an import did, or would do, for whoever typed the command. */
export function sayReport(
  report: ImportReport,
  { say, file, seconds }: { readonly say: Say; readonly file: string; readonly seconds: number },
): string {
  const { plan, rejected } = report
  const reasons = Object.entries(rejected)
  const conflicts = Object.entries(plan.conflicts)
  const sum = (counts: readonly [string, number][]) => counts.reduce((all, [, n]) => all + n, 0)
  const count = (key: string, n: number | undefined): string[] =>
    n ? [`  ${say(`report.${key}`, { n })}`] : []
  return [
    '',
    say(report.applied ? 'report.applied' : 'report.planned', { lines: report.lines }),
    ...count('created', plan.created),
    ...count('changed', plan.changed),
    ...Object.entries(plan.fields).map(
      ([field, n]) => `    ${say('report.field', { field: say(`field.${field}`), n })}`,
    ),
    ...count('merged', plan.lines.merge),
    ...count('joined', plan.joined),
    ...count('unchanged', plan.lines.unchanged),
    ...count('stale', plan.lines.stale),
    ...count('claimed', plan.lines.claimed),
    ...count('taken', plan.lines.taken),
    ...count('erased', plan.lines.erased),
    ...count('collisions', plan.collisions),
    ...count('unreachable', plan.unreachable),
    ...count('bad-emails', report.badEmails),
    ...count('organisations', plan.organisations),
    ...count('places', plan.places),
    ...count('conflicts', sum(conflicts)),
    ...conflicts.map(
      ([kind, n]) => `    ${say('report.reason', { reason: say(`conflict.${kind}`), n })}`,
    ),
    ...count('rejected', sum(reasons)),
    ...reasons.map(
      ([reason, n]) => `    ${say('report.reason', { reason: say(`rejected.${reason}`), n })}`,
    ),
    ...count('overtaken', report.overtaken),
    '',
    say('report.files', {
      plan: `${file}.plan.csv`,
      organisations: `${file}.organismes.csv`,
      rejects: `${file}.rejets.csv`,
    }),
    say('report.speed', { seconds, speed: Math.round(report.lines / seconds) }),
    ...(report.applied ? [] : [say('report.next', { file })]),
    '',
  ].join('\n')
}
