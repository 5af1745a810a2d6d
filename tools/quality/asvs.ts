/** The table of requirements, line by line, and what is wrong with it. */

export interface Requirement {
  readonly id: string
  readonly level: string
  readonly state: string
  /** `path › title of a test`, or `path#heading` of a document. */
  readonly shownBy: readonly string[]
  readonly note: string
}

/** Every requirement of the chapters we hold ourselves to: section → how many (ASVS 5.0.0). */
const SECTIONS: Readonly<Record<string, number>> = {
  ...{ '6.1': 3, '6.2': 12, '6.3': 8, '6.4': 6, '6.5': 8, '6.6': 4, '6.7': 2, '6.8': 4 },
  ...{ '7.1': 3, '7.2': 4, '7.3': 2, '7.4': 5, '7.5': 3, '7.6': 2 },
  ...{ '14.1': 2, '14.2': 8, '14.3': 3 },
}

const STATES = ['met', 'partly', 'not met', 'not applicable'] as const

export const EVERY_ID: readonly string[] = Object.entries(SECTIONS).flatMap(([section, count]) =>
  Array.from({ length: count }, (_, index) => `${section}.${index + 1}`),
)

/** The lines of the table that begin with a number. */
export function readRequirements(markdown: string): Requirement[] {
  return markdown.split('\n').flatMap((line) => {
    const cells = line.split('|').map((cell) => cell.trim())
    const [, id = '', level = '', , state = '', , shownBy = '', note = ''] = cells
    if (!/^\d+\.\d+\.\d+$/.test(id)) return []
    const references = [...shownBy.matchAll(/`([^`]+)`/g)].map(([, reference = '']) => reference)
    return [{ id, level, state, shownBy: references, note }]
  })
}

/** The faults we hold ourselves to survive, and the tests that show each (`docs/security/faults.md`). */
const FAULTS = [1, 13, 17, 19, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 42]

/** @returns what is wrong with the table of faults, a sentence each */
export function faultsOfFaults(markdown: string, read: (path: string) => string | null): string[] {
  const lines = new Map(
    [...markdown.matchAll(/^\| (F\d+) \|.*$/gm)].map(([line, id = '']) => [id, line] as const),
  )
  return FAULTS.flatMap((number) => {
    const references = [...(lines.get(`F${number}`) ?? '').matchAll(/`([^`]+)`/g)]
    if (references.length === 0) return [`F${number}: is shown by nothing`]
    return references.flatMap(([, reference = '']) =>
      isThere(reference, read) ? [] : [`F${number}: there is no ${reference}`],
    )
  })
}

/**
 * @param read the text of a file of ours; null when there is none
 * @returns what is wrong, a sentence each
 */
export function faultsOf(
  requirements: readonly Requirement[],
  read: (path: string) => string | null,
): string[] {
  const ids = requirements.map(({ id }) => id)
  return [
    ...EVERY_ID.filter((id) => !ids.includes(id)).map((id) => `${id}: has no line`),
    ...ids.filter((id) => !EVERY_ID.includes(id)).map((id) => `${id}: is no requirement`),
    ...ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `${id}: has two lines`),
    ...requirements.flatMap((requirement) => faultsOfOne(requirement, read)),
  ]
}

function faultsOfOne(
  { id, level, state, shownBy, note }: Requirement,
  read: (path: string) => string | null,
): string[] {
  const faults = shownBy.flatMap((reference) => (isThere(reference, read) ? [] : [reference]))
  return [
    ...(['1', '2', '3'].includes(level) ? [] : [`${id}: level « ${level} »`]),
    ...((STATES as readonly string[]).includes(state) ? [] : [`${id}: state « ${state} »`]),
    ...(state.endsWith('met') || state === 'partly'
      ? shownBy.length > 0
        ? []
        : [`${id}: is shown by nothing`]
      : []),
    ...(state === 'met' || note !== '' ? [] : [`${id}: is ${state}, and does not say why`]),
    ...faults.map((reference) => `${id}: there is no ${reference}`),
  ]
}

function isThere(reference: string, read: (path: string) => string | null): boolean {
  const [path = '', title] = reference.split(' › ')
  if (title !== undefined) return hasTest(read(path), title)
  const [file = '', anchor = ''] = reference.split('#')
  return (read(file)?.match(/^#+ .+$/gm) ?? []).some((heading) => anchorOf(heading) === anchor)
}

/** Whether a file has this as the name of a test, or of a group of tests. */
function hasTest(text: string | null, title: string): boolean {
  if (text === null) return false
  const quoted = ["'", '"', '`'].map((quote) => `${quote}${title}${quote}`)
  return quoted.some((name) => {
    const at = text.indexOf(name)
    return at >= 0 && /(test|describe)(\.\w+)?[\s\S]{0,4000}$/.test(text.slice(0, at))
  })
}

const anchorOf = (heading: string): string =>
  heading
    .replace(/^#+ /, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\d\s-]/gu, '')
    .replaceAll(/\s/g, '-')

/** `V6  level 1: 12 met, 1 partly of 13`, chapter by chapter. */
export function countsOf(requirements: readonly Requirement[]): string[] {
  const groups = Map.groupBy(requirements, ({ id, level }) => `V${id.split('.')[0]} level ${level}`)
  return [...groups].sort().map(([name, all]) => {
    const parts = STATES.flatMap((state) => {
      const count = all.filter((requirement) => requirement.state === state).length
      return count > 0 ? [`${count} ${state}`] : []
    })
    return `${name}: ${parts.join(', ')} (${all.length})`
  })
}
