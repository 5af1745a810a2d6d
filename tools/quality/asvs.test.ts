import { describe, expect, test } from '@jest/globals'
import { EVERY_ID, faultsOf, faultsOfFaults, readRequirements } from './asvs.ts'

const files: Readonly<Record<string, string>> = {
  'a.test.ts': "describe('a door', () => {\n  test('is closed', () => {})\n})\nconst x = 'is open'",
  'doc.md': '# Doors\n\n## Why they’re closed\n',
}
const read = (path: string) => files[path] ?? null

const line = (id: string, state: string, shownBy: string, note = '') =>
  `| ${id} | 1 | words | ${state} | \`where\` | ${shownBy} | ${note} |`

const table = (changed: Readonly<Record<string, string>> = {}) =>
  EVERY_ID.map((id) => changed[id] ?? line(id, 'met', '`a.test.ts › is closed`')).join('\n')

const faults = (changed: Readonly<Record<string, string>>) =>
  faultsOf(readRequirements(table(changed)), read)

describe('the table of requirements', () => {
  test('knows every one of V6, V7 and V14', () => {
    const inChapter = (chapter: string) => EVERY_ID.filter((id) => id.startsWith(`${chapter}.`))
    expect(['6', '7', '14'].map((chapter) => inChapter(chapter).length)).toEqual([47, 19, 13])
  })

  test('in order has no faults', () => {
    expect(faults({})).toEqual([])
    expect(faults({ '6.1.1': line('6.1.1', 'met', '`doc.md#why-theyre-closed`') })).toEqual([])
  })

  test.each([
    ['a line that is missing', '', '6.1.1: has no line'],
    [
      'a line twice',
      `${line('6.1.1', 'met', '`a.test.ts › is closed`')}\n${line('6.1.1', 'met', '`a.test.ts › is closed`')}`,
      '6.1.1: has two lines',
    ],
    [
      'a test nobody wrote',
      line('6.1.1', 'met', '`a.test.ts › is locked`'),
      '6.1.1: there is no a.test.ts › is locked',
    ],
    [
      'a file nobody wrote',
      line('6.1.1', 'met', '`b.test.ts › is closed`'),
      '6.1.1: there is no b.test.ts › is closed',
    ],
    [
      'a heading nobody wrote',
      line('6.1.1', 'met', '`doc.md#windows`'),
      '6.1.1: there is no doc.md#windows',
    ],
    ['a promise nothing shows', line('6.1.1', 'met', ''), '6.1.1: is shown by nothing'],
    [
      'a lack that is not explained',
      line('6.1.1', 'partly', '`a.test.ts › is closed`'),
      '6.1.1: is partly, and does not say why',
    ],
    [
      'what applies to nobody for no reason',
      line('6.1.1', 'not applicable', ''),
      '6.1.1: is not applicable, and does not say why',
    ],
    [
      'a state of its own',
      line('6.1.1', 'almost', '`a.test.ts › is closed`', 'x'),
      '6.1.1: state « almost »',
    ],
  ])('with %s is refused', (_what, changed, fault) => {
    expect(faults({ '6.1.1': changed })).toEqual([fault])
  })
})

describe('the table of faults', () => {
  test('has a line with a test that is there for each', () => {
    const wrong = faultsOfFaults('| F1 | killed | `a.test.ts › is closed` | |', read)
    expect(wrong.filter((one) => one.startsWith('F1:'))).toEqual([])
    expect(wrong).toContain('F13: is shown by nothing')
  })

  test('names no test that is not', () => {
    const wrong = faultsOfFaults('| F1 | killed | `a.test.ts › is not there` | |', read)
    expect(wrong).toContain('F1: there is no a.test.ts › is not there')
  })
})
