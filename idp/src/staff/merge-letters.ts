import type { Tx } from '@myanm/database'
import type { Role } from '@myanm/permissions'
import { post } from '#mail'
import { findMembership, findOrganisation } from '#organisations'
import { nameInMail } from '#rules/mail'
import type { Tables } from '../tables.ts'
import { listAnswering } from './merge-store.ts'

/** What a letter says in the place of a name that could be bait, or of a role there is not. */
const NONE = 'none'

interface Two {
  readonly kept: string
  readonly gone: string
}

type Answering = readonly { readonly account: string; readonly role: Role }[]

/** Who answers for each of the two, before anything changes: it is they who are told. */
export async function listTold(
  tx: Tx<Tables>,
  { kept, gone }: Two,
): Promise<{ readonly gone: Answering; readonly kept: Answering }> {
  return { gone: await listAnswering(tx, gone), kept: await listAnswering(tx, kept) }
}

/**
 * Tells who answers for either of two organisations that they are one, or two again: what they were, what
 * they are now, each in one letter. Whoever is of both hears it from the one that goes.
 */
export async function tellOfMerge(
  tx: Tx<Tables>,
  given: Two & {
    readonly what: 'merged' | 'undone'
    readonly told: { readonly gone: Answering; readonly kept: Answering }
  },
): Promise<void> {
  const { kept, gone, what, told } = given
  const names = { kept: await nameOf(tx, kept), gone: await nameOf(tx, gone) }
  const ofGone = new Set(told.gone.map(({ account }) => account))
  for (const { account, role } of told.gone) {
    const at = what === 'merged' ? kept : gone
    const now = await findMembership(tx, { organisation: at, account })
    await post(tx, {
      code: 'organisations-merged',
      account,
      details: {
        what: `${what}_gone`,
        organisation: names.gone,
        other: names.kept,
        organisationId: at,
        before: role,
        role: now?.role ?? NONE,
      },
    })
  }
  for (const { account, role } of told.kept) {
    if (ofGone.has(account)) continue
    const now = await findMembership(tx, { organisation: kept, account })
    // Came with the merge, and went with its undoing: told above, or of the other team.
    if (!now) continue
    await post(tx, {
      code: 'organisations-merged',
      account,
      details: {
        what: `${what}_kept`,
        organisation: names.kept,
        other: names.gone,
        organisationId: kept,
        before: role,
        role: now.role,
      },
    })
  }
}

async function nameOf(tx: Tx<Tables>, id: string): Promise<string> {
  return nameInMail((await findOrganisation(tx, { id }))?.name ?? null) ?? NONE
}
