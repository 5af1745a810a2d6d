import type { Tx } from '@myanm/database'
import { type Actor, decide, type Role } from '@myanm/permissions'
import { standingOf } from '#accounts'
import { lockOrganisation } from '#organisations'
import type { Tables } from '../tables.ts'
import { actorOf, type MoveRefusal } from './rules.ts'
import { countResponsables, findMember, type MemberFile } from './store.ts'

/** Who decides: a member of the team as what they are in it, or somebody of the team of the ANM. */
export interface Decider {
  readonly as: 'member' | 'staff'
  readonly account: string
}

/** A decision on one member of a team, as a page or a caller asks for it. */
export interface Decision {
  readonly organisation: string
  readonly membership: string
  readonly by: Decider
  /** The role that was shown when it was decided: another one meanwhile, and nothing is done (E40). */
  readonly seen: Role
  /** Whether who decides proved in the last ten minutes who they are. */
  readonly isProved: boolean
}

type Judged =
  | { readonly refusal: MoveRefusal; readonly member?: never }
  | { readonly refusal: null; readonly member: MemberFile }

/**
 * Takes the organisation's row, then looks at everything again: who decides and whom it is about, as
 * they are now (8.3). Of two tabs, two people, or a decision and a departure at once, the second sees
 * what the first has made.
 * @param roles every role the matrix is to be asked about, besides the one the member holds
 */
export async function decideOnMember(
  tx: Tx<Tables>,
  asked: Decision & {
    readonly action: 'team.role' | 'team.remove'
    readonly roles: readonly Role[]
  },
): Promise<Judged> {
  const { organisation: id, membership, by, action } = asked
  const organisation = await lockOrganisation(tx, id)
  if (!organisation || organisation.state === 'closed') return { refusal: 'not-of-team' }
  const actor = await actorBehind(tx, by, id)
  if (!actor) return { refusal: 'not-of-team' }
  const member = await findMember(tx, { organisation: id, membership })
  if (member?.state !== 'active') return { refusal: 'gone' }
  for (const role of [member.role, ...asked.roles]) {
    const decision = decide(actor, action, { organisationId: id, role })
    if (decision.allowed) continue
    // Whoever leads is told to hand over; of anybody else it is their own role that does not do.
    const isAboutLeading = by.as === 'staff' || member.account === by.account
    return {
      refusal: isAboutLeading && decision.because === 'role-of-other' ? 'leads' : 'role-too-low',
    }
  }
  if (member.role !== asked.seen) return { refusal: 'changed' }
  const isLast = member.role === 'RESPONSABLE' && (await countResponsables(tx, id)) === 1
  if (isLast && !asked.isProved) return { refusal: 'prove-again' }
  return { refusal: null, member }
}

async function actorBehind(
  tx: Tx<Tables>,
  { as, account }: Decider,
  organisation: string,
): Promise<Actor | null> {
  if (as === 'staff') return { kind: 'staff', accountActive: true }
  const standing = await standingOf(tx, account, organisation)
  return standing?.organisation ? actorOf(standing) : null
}
