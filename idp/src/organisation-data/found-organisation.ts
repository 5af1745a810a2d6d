import type { Tx } from '@myanm/database'
import { isPublicForm } from '@myanm/permissions'
import { registerOrganisation } from '#organisations'
import { lookUp } from '#register'
import type { Tables } from '../tables.ts'
import { saveRegistered } from './profile-store.ts'
import { findCompared, remember } from './register-change-store.ts'
import { type Registered, seenIn } from './rules.ts'

/**
 * An organisation comes into being with its GESTIONNAIRE and all that was told of it (4.2.3, D13): in one
 * transaction, or not at all. Its legal form is the register's; marchand or not is as the person said.
 *
 * @returns null when somebody else has registered that number meanwhile: they can ask to join (E10)
 */
export async function foundOrganisation(
  tx: Tx<Tables>,
  given: {
    readonly bce: string
    readonly account: string
    readonly client: string | null
    readonly told: Registered
  },
): Promise<string | null> {
  const { bce, account, client, told } = given
  const entry = await lookUp(tx, bce)
  const legalForm = entry.is === 'found' ? (entry.legalForm?.code ?? null) : null
  const organisation = await registerOrganisation(tx, {
    ...{ bce, account, client, legalForm },
    ...{ name: told.name, acronym: told.acronym, nonprofit: told.nonprofit },
    isPublic: isPublicForm(legalForm),
  })
  if (organisation === null) return null
  await saveRegistered(tx, { organisation, by: account, told })
  const compared = await findCompared(tx, organisation)
  if (compared) {
    // From here on, only what changes in the register is news.
    const { place: _, ...now } = seenIn(compared)
    await remember(tx, organisation, now)
  }
  return organisation
}
