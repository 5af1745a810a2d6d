import type { Tx } from '@myanm/database'
import { recordEach } from '#journal'
import { postEach } from '#mail'
import type { LockedOrganisation } from '#organisations'
import { openProofs } from '#proofs'
import type { Tables } from '../tables.ts'
import { calledInMail, type Inviter } from './inviter.ts'
import type { InvitedRole } from './rules.ts'
import { addInvitations, noteLetters, type Wanted } from './store.ts'

/** What a letter of invitation says: who, where, as what. The message stays on our page (docs/decisions/0026). */
export const detailsOf = (
  organisation: Pick<LockedOrganisation, 'name'>,
  { inviter, role }: { readonly inviter: Inviter; readonly role: InvitedRole },
) => ({
  person: calledInMail(inviter.name),
  organisation: calledInMail(organisation.name),
  role,
})

/**
 * Sends invitations that were judged valid, in the transaction that holds the organisation: rows, links,
 * letters, jobs, a handful of statements however many they are.
 */
export async function sendInvitations(
  tx: Tx<Tables>,
  given: {
    readonly organisation: LockedOrganisation
    readonly inviter: Inviter
    readonly people: readonly Wanted[]
    readonly message: string | null
    readonly client: string | null
    readonly now: Date
  },
): Promise<void> {
  const { organisation, inviter, now } = given
  if (given.people.length === 0) return
  const by = inviter.account
  const added = await addInvitations(tx, { ...given, organisation: organisation.id, by })
  const proofs = await openProofs(tx, {
    account: by,
    purpose: 'invitation',
    of: added.map(({ id, email }) => ({ subject: id, email })),
    now,
  })
  const proofOf = (id: string): string => proofs.get(id) ?? ''
  const letters = await postEach(tx, {
    code: 'invitation',
    letters: added.map(({ id, role }) => ({
      proof: proofOf(id),
      details: detailsOf(organisation, { inviter, role }),
    })),
  })
  await noteLetters(
    tx,
    added.map(({ id }) => ({ id, letter: letters.get(proofOf(id)) ?? '' })),
  )
  await recordEach(
    tx,
    added.map(({ id, role }) => ({
      event: 'invited',
      organisation: organisation.id,
      by,
      details: { invitation: id, role },
    })),
  )
}
