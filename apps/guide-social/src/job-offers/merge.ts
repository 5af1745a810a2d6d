import type { Typed } from '@myanm/chassis'
import { FIELD_NAMES, type Field } from './forms.ts'

/** Where two people changed the same field: what each of them made of it. */
export interface Clash {
  readonly field: Field
  readonly typed: string | readonly string[]
  readonly current: string | readonly string[]
}

export interface Merged {
  /** What the form shows: one's own changes, and the other's wherever one changed nothing. */
  readonly typed: Typed
  /** Fields both changed, in different ways: the form keeps what was typed, the other stands beside. */
  readonly clashes: readonly Clash[]
  /** Fields taken over from the other's version. */
  readonly adopted: readonly Field[]
}

/**
 * Brings together what somebody typed and what a colleague saved meanwhile, both starting from `base`
 * (E40). Nothing that was typed is lost, and nothing the colleague saved is undone unseen.
 */
export function mergeEdits(versions: { base: Typed; typed: Typed; current: Typed }): Merged {
  const { base, typed, current } = versions
  const merged: Record<string, string | readonly string[]> = { ...typed }
  const clashes: Clash[] = []
  const adopted: Field[] = []
  for (const field of FIELD_NAMES) {
    const [was, mine, theirs] = [base[field], typed[field], current[field]]
    if (isSame(mine, theirs) || isSame(was, theirs)) continue
    if (isSame(mine, was)) {
      merged[field] = theirs ?? ''
      adopted.push(field)
    } else {
      clashes.push({ field, typed: mine ?? '', current: theirs ?? '' })
    }
  }
  return { typed: merged, clashes, adopted }
}

/** As people see it: line ends, outer spaces and the order of check boxes do not count. */
function isSame(a: Typed[string] | undefined, b: Typed[string] | undefined): boolean {
  return comparable(a) === comparable(b)
}

function comparable(value: Typed[string] | undefined): string {
  if (value === undefined) return ''
  return typeof value === 'string'
    ? value.replaceAll('\r\n', '\n').trim()
    : [...value].sort().join('\n')
}
