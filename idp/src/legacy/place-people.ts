import type { Db } from '@myanm/database'
import { admitMany, foundOrganisations } from '#organisations'
import type { Tables } from '../tables.ts'
import { askRegister } from './ask-register.ts'
import {
  addConflict,
  listPlaces,
  lockUnclaimed,
  markOrganisations,
  nextNamed,
  nextOrganisations,
  type PlannedOrganisation,
  settlePlaces,
} from './place-store.ts'
import { isSameName } from './rules.ts'

/** Lines per statement, organisations per transaction. */
const LINES = 2000
const ORGANISATIONS = 300

/** Plans who will have which place in the organisations the file names (M62). */
export async function planPlaces(db: Db<Tables>): Promise<void> {
  await listPlaces(db)
  await askRegister(db)
  await compareNames(db)
  await settlePlaces(db)
}

/** The file may call an organisation as nobody does any more: the team is told, and the name is not taken. */
async function compareNames(db: Db<Tables>): Promise<void> {
  for (let after = 0; ; ) {
    const page = await nextNamed(db, { after, most: LINES })
    const differing = page.filter(
      ({ told, name, acronym }) =>
        !isSameName(told, name) && !(acronym !== null && isSameName(told, acronym)),
    )
    const lines = differing.map(({ line }) => line)
    await addConflict(db, { lines, conflict: 'name-differs' })
    const last = page.at(-1)
    if (!last) return
    after = last.line
  }
}

const hasManager = ({ places }: PlannedOrganisation): boolean =>
  places.some(({ outcome }) => outcome === 'manager')

/**
 * Makes the organisations of the plan and gives their people their places, some hundred organisations in a
 * transaction. One whose account was not there, or whose number somebody registered meanwhile, is left
 * for another run.
 * @returns how many were left
 */
export async function placePeople(
  db: Db<Tables>,
  onDone: (organisations: number) => void,
): Promise<number> {
  let [done, left] = [0, 0]
  for (;;) {
    const planned = await nextOrganisations(db, ORGANISATIONS)
    if (planned.length === 0) return left
    left += await db.transaction().execute(async (tx) => {
      const wished = planned.filter((one) => one.organisation === null && one.places.length > 0)
      const made = await foundOrganisations(tx, wished.filter(hasManager))
      const here = planned.flatMap(({ organisation }) => organisation ?? [])
      const open = await lockUnclaimed(tx, here)
      const places = planned.flatMap(({ bce, organisation, places: people }) => {
        const id = organisation ?? made.get(bce)
        if (id === undefined || (organisation !== null && !open.has(id))) return []
        return people.map(({ account, outcome }) => ({
          organisation: id,
          account,
          role: outcome === 'manager' ? ('GESTIONNAIRE' as const) : ('RESPONSABLE' as const),
        }))
      })
      await admitMany(tx, { places, because: 'legacy-import' })
      await markOrganisations(
        tx,
        planned.map(({ bce }) => bce),
      )
      return wished.length - made.size
    })
    done += planned.length
    onDone(done)
  }
}
