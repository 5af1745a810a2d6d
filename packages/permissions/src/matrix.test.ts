import { describe, expect, test } from '@jest/globals'
import { ACTION_KEYS, ACTIONS, type ActionKey } from './actions.ts'
import { allowedActions, outlook } from './decide.ts'
import type { Decision } from './decision.ts'
import { inColumn } from './people.fixture.ts'

/**
 * Matrix 5.3 as the specification prints it, copied by hand and read on its own: ✓ allowed, ✗
 * denied, — not applicable, any other word allowed so far. The table of the code is not consulted.
 */
const MATRIX = `
  P1  | read.public          | ✓    | ✓    | ✓    | ✓          | ✓          | ✓      | ✓       | ✓
  P2  | read.subscriber      | ✗    | ✗    | ✓    | ✓          | ✓          | ✓      | ✓       | ✓
  P3  | ad.emploi.publish    | ✗    | ✗    | ✗    | ✗          | ✓          | ✓      | ✓       | ✗
  P4  | ad.agenda.publish    | ✗    | ✗    | ✓    | ✗          | ✓          | ✓      | ✓       | ✗
  P5  | ad.formation.publish | ✗    | ✗    | ✓    | ✗          | ✓          | ✓      | ✓       | ✗
  P6  | ad.petite.self       | ✗    | ✓    | ✓    | ✓          | ✓          | ✓      | ✓       | ✗
  P7  | ad.petite.org        | ✗    | —    | —    | ✗          | ✓          | ✓      | ✓       | ✗
  P8  | ad.own               | ✗    | own  | own  | own (self) | own        | ✓      | ✓       | withdraw
  P9  | ad.colleague         | ✗    | ✗    | ✗    | ✗          | ✗ ¹        | ✓      | ✓       | withdraw
  P10 | ad.org.list          | ✗    | ✗    | ✗    | published  | ✓          | ✓      | ✓       | ✓
  P11 | buy.unit             | ✗    | self | self | ✗          | ✓          | ✓      | ✓       | ✗
  P12 | credit.use           | ✗    | —    | ✓    | ✗          | ✓          | ✓      | ✓       | ✗
  P13 | buy.major            | ✗    | ✗    | self | ✗          | ✗          | ✓      | ✓       | ✗
  P14 | org.read             | ✗    | ✗    | ✗    | ✓          | ✓          | ✓      | ✓       | ✓
  P15 | org.edit             | ✗    | ✗    | own  | ✗          | ✗          | ✓      | ✓       | support
  P16 | org.fiche.publish    | ✗    | ✗    | ✗    | ✗          | ✗          | ✓      | ✓       | unpublish
  P17 | doc.generate         | ✗    | ✗    | ✗    | ✗ read list | ✓         | ✓      | ✓       | ✗
  P18 | team.read            | ✗    | ✗    | ✗    | ✓          | ✓          | ✓      | ✓       | ✓
  P19 | team.private.read    | ✗    | ✗    | ✗    | ✗          | ✗          | ✗      | ✗       | ✗ ²
  P20 | team.invite          | ✗    | ✗    | ✗    | ✗          | ✗          | ✓      | ✓       | ✗
  P21 | team.invite.resp     | ✗    | ✗    | ✗    | ✗          | ✗          | ✗      | ✓       | ✗
  P22 | team.invite.cancel   | ✗    | ✗    | ✗    | ✗          | ✗          | own    | ✓       | ✓
  P23 | team.role            | ✗    | ✗    | ✗    | ✗          | ✗          | ✗      | ✓       | ✗
  P24 | team.remove          | ✗    | ✗    | ✗    | ✗          | ✗          | ✗      | ✓       | ✓
  P25 | join.ask             | ✗    | ✓    | ✓    | ✓          | ✓          | ✓      | ✓       | ✗
  P26 | join.decide          | ✗    | ✗    | ✗    | ✗          | ✗          | ✗      | ✓       | ✗
  P27 | manager.transfer     | ✗    | ✗    | ✗    | ✗          | ✗          | ✗      | ✓       | on proof
  P28 | manager.accept       | ✗    | ✗    | ✗    | ✗          | ✗          | target | —       | ✗
  P29 | org.leave            | —    | —    | —    | ✓          | ✓          | ✓      | ✗ E16   | —
  P30 | bill.read            | ✗    | own  | own  | ✗          | own orders | ✓      | ✓       | ✓
  P31 | contact.anm          | form | form | form | form       | form       | form   | ✓       | —
  P32 | org.close            | ✗    | ✗    | ✗    | ✗          | ✗          | ✗      | request | ✓
  P33 | own.preferences      | ✗    | ✓    | ✓    | ✓          | ✓          | ✓      | ✓       | ✗
  P34 | cv.own               | ✗    | ✓    | ✓    | ✓          | ✓          | ✓      | ✓       | ✗
  P35 | cv.read              | ✗    | ✗    | ✗    | ✗          | ✓          | ✓      | ✓       | ✓
  P36 | forum.post           | ✗    | ✓    | ✓    | ✓          | ✓          | ✓      | ✓       | moderate
  P37 | fiche.sweeli         | ✗    | ✗    | ✓    | own        | own        | own    | own     | unpublish
  P38 | org.journal          | ✗    | ✗    | ✗    | ✗          | ✗          | ✗      | ✓       | ✓
  P39 | ad.stats             | ✗    | ✗    | own  | ✗          | ✓          | ✓      | ✓       | ✓
`

const COLUMNS = ['V', 'P', 'I', 'L', 'C', 'R', 'G', 'A'] as const

/** The words of the specification that differ from ours. */
const WORDS: Readonly<Record<string, string>> = {
  'own (self)': 'self',
  'own orders': 'own',
  'on proof': 'proof',
}

/** Two rows narrow every ✓ in their own title: « subscription valid », « published CVs ». */
const TITLES: Readonly<Record<string, string>> = { P2: 'subscribed', P35: 'published' }

const rows = MATRIX.trim()
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([number = '', key = '', ...cells]) => ({ number, key: key as ActionKey, cells }))

function printed(decision: Decision): string {
  if (!decision.allowed) return '✗'
  return decision.extent ?? '✓'
}

function expected(number: string, cell: string, column: string): string {
  if (/^[✗—]/u.test(cell)) return '✗'
  if (cell === '✓') return (column !== 'A' || number === 'P35' ? TITLES[number] : undefined) ?? '✓'
  return WORDS[cell] ?? cell
}

describe.each(rows)('$number $key', ({ number, key, cells }) => {
  test.each(COLUMNS.map((column, index) => ({ column, cell: cells[index] ?? '' })))(
    '$column: $cell',
    ({ column, cell }) => {
      expect(printed(outlook(inColumn(column), key))).toBe(expected(number, cell, column))
    },
  )
})

describe('the matrix', () => {
  test('has the 39 rows of the specification, in its order', () => {
    expect(rows.map(({ number }) => number)).toEqual(
      Array.from({ length: 39 }, (_, i) => `P${i + 1}`),
    )
    expect(rows.map(({ key }) => key)).toEqual(ACTION_KEYS)
    expect(rows.map(({ key }) => ACTIONS[key].number)).toEqual(rows.map(({ number }) => number))
  })

  test('lists for each column what its cells allow', () => {
    for (const [index, column] of COLUMNS.entries()) {
      const allowed = rows.filter(({ cells }) => !/^[✗—]/u.test(cells[index] ?? ''))
      expect(allowedActions(inColumn(column)).map(({ action }) => action)).toEqual(
        allowed.map(({ key }) => key),
      )
    }
  })

  test('cannot be rewritten at run time', () => {
    const row = ACTIONS['ad.emploi.publish'].may as { L: string }
    expect(() => {
      row.L = 'yes'
    }).toThrow(TypeError)
  })
})
