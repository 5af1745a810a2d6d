import type { Tx } from '@myanm/database'
import { record } from '#journal'
import {
  findOrganisation,
  getIdentity,
  type Identity,
  lockOrganisation,
  saveIdentity,
} from '#organisations'
import { lookUp } from '#register'
import type { Tables } from '../tables.ts'
import { findCompared, remember, supersede } from './register-change-store.ts'
import { seenIn } from './rules.ts'

export type Corrected =
  | 'corrected'
  /** Everything is as it was: there is nothing to tell anybody. */
  | 'same'
  /** E09 */
  | 'unknown-number'
  | 'number-taken'
  /** Closed, or changed since it was shown (E40). */
  | 'not-now'

/**
 * Corrects number, legal form and sector, which the people of an organisation cannot (M39): for the team
 * of the ANM, who justify it. What the register announced for the former number is no longer about this
 * organisation; from here on only what changes under the new one is news.
 */
export async function correctIdentity(
  tx: Tx<Tables>,
  correction: Identity & {
    readonly organisation: string
    readonly by: string
    /** Of what they were shown. */
    readonly version: number
  },
): Promise<Corrected> {
  const { organisation, by, version, bce, legalForm, nonprofit, isPublic } = correction
  const locked = await lockOrganisation(tx, organisation)
  if (locked?.kind !== 'organisme' || locked.state === 'closed') return 'not-now'
  const before = await getIdentity(tx, organisation)
  const isNumberNew = before.bce !== bce
  const isSame =
    !isNumberNew &&
    before.legalForm === legalForm &&
    before.nonprofit === nonprofit &&
    before.isPublic === isPublic
  if (isSame) return 'same'
  if (isNumberNew) {
    if (await findOrganisation(tx, { bce })) return 'number-taken'
    if ((await lookUp(tx, bce)).is !== 'found') return 'unknown-number'
  }
  const identity = { bce, legalForm, nonprofit, isPublic }
  if (!(await saveIdentity(tx, { organisation, version, ...identity }))) return 'not-now'
  if (isNumberNew || before.legalForm !== legalForm) await supersede(tx, organisation, 'form')
  if (isNumberNew) {
    for (const what of ['name', 'seat', 'ceased'] as const) await supersede(tx, organisation, what)
    const compared = await findCompared(tx, organisation)
    if (compared) {
      const { place: _, ...now } = seenIn(compared)
      await remember(tx, organisation, now)
    }
  }
  await record(tx, {
    event: 'organisation-changed',
    organisation,
    by,
    details: { what: 'identity', number: isNumberNew },
  })
  return 'corrected'
}
