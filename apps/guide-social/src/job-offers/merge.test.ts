import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { FIELD_NAMES } from './forms.ts'
import { mergeEdits } from './merge.ts'

const base = { titre: 'Éducateur', localite: 'Namur', texte: 'un\ndeux', aides: ['ape'] }

describe('two people editing at once (E40)', () => {
  test('different fields: both changes are kept', () => {
    const merged = mergeEdits({
      base,
      typed: { ...base, titre: 'Éducatrice' },
      current: { ...base, localite: 'Jambes' },
    })
    expect(merged.typed).toMatchObject({ titre: 'Éducatrice', localite: 'Jambes' })
    expect(merged.clashes).toEqual([])
    expect(merged.adopted).toEqual(['localite'])
  })

  test('the same field: what was typed stays, the other stands beside', () => {
    const merged = mergeEdits({
      base,
      typed: { ...base, titre: 'Éducatrice' },
      current: { ...base, titre: 'Éducateur·rice' },
    })
    expect(merged.typed['titre']).toBe('Éducatrice')
    expect(merged.clashes).toEqual([
      { field: 'titre', typed: 'Éducatrice', current: 'Éducateur·rice' },
    ])
  })

  test('the same change twice is no clash; line ends and order do not count', () => {
    const merged = mergeEdits({
      base,
      typed: { ...base, titre: 'X', texte: 'un\r\ndeux', aides: ['activa', 'ape'] },
      current: { ...base, titre: 'X', aides: ['ape', 'activa'] },
    })
    expect(merged.clashes).toEqual([])
    expect(merged.adopted).toEqual([])
  })

  test('nothing that was typed is ever lost, nothing saved is undone unseen', () => {
    const versions = fc.dictionary(fc.constantFrom(...FIELD_NAMES), fc.constantFrom('a', 'b', 'c'))
    fc.assert(
      fc.property(versions, versions, versions, (base, typed, current) => {
        const merged = mergeEdits({ base, typed, current })
        for (const field of FIELD_NAMES) {
          const [was, mine, theirs] = [base[field] ?? '', typed[field] ?? '', current[field] ?? '']
          const shown = merged.typed[field] ?? ''
          if (mine !== was) expect(shown).toBe(mine)
          if (theirs !== was && shown !== theirs) {
            expect(merged.clashes.map((clash) => clash.field)).toContain(field)
          }
        }
      }),
    )
  })
})
