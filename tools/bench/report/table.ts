import type { Spread } from '../figures/alternation.ts'
import type { Figure } from '../figures/figure.ts'
import type { Report } from './report.ts'

const HEAD = ['', 'what', '', 'MyANM', 'the other side', 'ratio', 'target', ''] as const
/** Columns of numbers lean right. */
const RIGHT = new Set([3, 4, 5])

const BUSY =
  'Other programs were running: rates and times suffer from it, CPU figures and ratios hardly.'

/** The report as one table for people, with what must be known to read it. */
export function tableOf({ machine, against, figures, faults, seconds }: Report): string {
  const rows = figures.map((figure, index) =>
    cellsOf(figure, { against, isFirst: figures[index - 1]?.code !== figure.code }),
  )
  const widths = HEAD.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => pad(cell, widths[column] ?? 0, RIGHT.has(column)))
      .join('  ')
      .trimEnd()
  return [
    `MyANM and ${against}, ${machine.at} UTC`,
    `${machine.cores} cores (${machine.processor}), ${machine.memory}, Node ${machine.node}, ${machine.engine}, load ${machine.load.toFixed(1)} at the start`,
    ...(machine.load > machine.cores / 2 ? [BUSY] : []),
    '',
    line(HEAD),
    ...rows.map(line),
    '',
    `Medians; in brackets the least and the most of the rounds. A ratio of 1 is as good as the other side, more is better.`,
    `${verdictOf(figures)}${seconds.toFixed(0)} s.`,
    ...faults.map((fault) => `NOT MEASURED ${fault}`),
    '',
  ].join('\n')
}

/** How many targets were reached; nothing when there is none among the figures. */
function verdictOf(figures: readonly Figure[]): string {
  const targets = figures.flatMap(({ target }) => target ?? [])
  if (targets.length === 0) return ''
  const count = (reached: boolean | null) =>
    targets.filter((target) => target.reached === reached).length
  const unknown = count(null) === 0 ? '' : `, ${count(null)} not measured`
  return `${count(true)} of ${targets.length} targets reached, ${count(false)} missed${unknown}. `
}

function cellsOf(
  figure: Figure,
  { against, isFirst }: { readonly against: string; readonly isFirst: boolean },
): string[] {
  const { code, what, unit, ours, theirs, ratio, target } = figure
  const other = theirs && figure.against && figure.against !== against ? ` ${figure.against}` : ''
  return [
    isFirst ? code : '',
    isFirst ? what : `  ${what}`,
    unit === 'statements' || unit === 'answers' ? '' : unit,
    ours ? round(ours.median) : '–',
    theirs ? round(theirs.median) + other : '–',
    ratio ? within(ratio) : '',
    target?.words ?? '',
    target ? (target.reached === null ? '?' : target.reached ? 'reached' : 'MISSED') : '',
  ]
}

const within = ({ median, least, most }: Spread): string =>
  `${median.toFixed(2)} (${least.toFixed(2)}–${most.toFixed(2)})`

/** Three figures: no measurement here is worth more. */
function round(value: number): string {
  if (Number.isInteger(value)) return String(value)
  if (value >= 100) return value.toFixed(0)
  return value.toFixed(value >= 10 ? 1 : 2)
}

const pad = (cell: string, width: number, isRight: boolean): string =>
  isRight ? cell.padStart(width) : cell.padEnd(width)
