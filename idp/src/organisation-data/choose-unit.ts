import type { Db } from '@myanm/database'
import { findOrganisation } from '#organisations'
import { findUnit } from '#register'
import type { Tables } from '../tables.ts'
import { changeAs } from './change-data.ts'
import { mayUse } from './rules.ts'
import { findChosenUnits, removeUnit, saveUnit } from './unit-store.ts'

interface Unit {
  readonly organisation: string
  readonly account: string
  /** Ten digits. */
  readonly number: string
}

/**
 * An organisation works with one of the units the register has of it, under a name of its own or the
 * register's (ahead 5); done again, it is another name.
 * @returns `no-unit` for what is none of theirs, or has ended
 */
export function chooseUnit(
  needs: { readonly db: Db<Tables> },
  chosen: Unit & { readonly shortName: string | null },
): Promise<'changed' | 'not-allowed' | 'no-unit'> {
  const { organisation, number } = chosen
  return changeAs(needs, { ...chosen, what: 'unit' }, async (tx) => {
    const here = await findOrganisation(tx, { id: organisation })
    const [unit, chosenAlready] = [
      await findUnit(tx, number),
      await findChosenUnits(tx, organisation),
    ]
    const isChosen = chosenAlready.has(number)
    if (!unit || !mayUse(unit, { bce: here?.bce ?? null, isChosen })) return 'no-unit'
    await saveUnit(tx, chosen)
    return 'changed'
  })
}

/** The organisation no longer works with it; done again, nothing more happens. */
export function leaveUnit(
  needs: { readonly db: Db<Tables> },
  left: Unit,
): Promise<'changed' | 'not-allowed'> {
  return changeAs(needs, { ...left, what: 'unit' }, async (tx) => {
    await removeUnit(tx, left)
    return 'changed'
  })
}
