import type { Standing } from '#job-offers'

/** The shelves of an organisation's offers, under the names their address carries. */
export const SHELVES = {
  'en-ligne': ['published'],
  brouillons: ['draft'],
  terminees: ['withdrawn', 'expired'],
  supprimees: ['deleted'],
} as const satisfies Readonly<Record<string, readonly Standing[]>>

export type Shelf = keyof typeof SHELVES

export const SHELF_NAMES = Object.keys(SHELVES) as readonly Shelf[]

/** The shelf an address asks for; null for all that is not deleted. */
export function readShelf(asked: unknown): Shelf | null {
  return SHELF_NAMES.find((shelf) => shelf === asked) ?? null
}

export function shelfOf(standing: Standing): Shelf {
  const found = SHELF_NAMES.find((shelf) =>
    (SHELVES[shelf] as readonly Standing[]).includes(standing),
  )
  // Every standing has its shelf; the test of this file holds the table to that.
  return found as Shelf
}
