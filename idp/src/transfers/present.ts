import type { Db } from '@myanm/database'
import type { MemberVisit } from '#memberships'
import { findOrganisation } from '#organisations'
import { displayName } from '#rules/accounts'
import type { Tables } from '../tables.ts'
import { findRescue, listObjections } from './rescue-store.ts'
import { answersFor, isOpenToObjections } from './rules.ts'
import { type Answerable, findProposed, listAnswerable } from './store.ts'
import { findUndoable } from './undo.ts'

/** Somebody of the team as colleagues know them (M53). */
export interface Named {
  readonly account: string
  readonly name: string
  readonly email: string | null
}

const named = (person: Omit<Answerable, 'role' | 'isActive'>): Named => ({
  account: person.account,
  name: displayName(person),
  email: person.email,
})

/** Who leads, and what is under way: as much of it as concerns this member. */
export async function situationOf(
  db: Db<Tables>,
  { account, organisation }: MemberVisit,
  now: Date,
) {
  const { id, role } = organisation
  const [file, answerable, proposed, undoable, rescue] = [
    await findOrganisation(db, { id }),
    await listAnswerable(db, id),
    await findProposed(db, id),
    await findUndoable(db, { organisation: id, by: account, now }),
    await findRescue(db, id),
  ]
  const people = new Map(answerable.map((person) => [person.account, named(person)]))
  const leads = answerable.find((person) => person.role === 'GESTIONNAIRE')
  const objections = rescue ? await listObjections(db, rescue.id) : []
  return {
    isVacant: file?.state === 'vacant',
    isManager: role === 'GESTIONNAIRE',
    answers: answersFor(role),
    leads: leads ? named(leads) : null,
    // Whoever cannot accept is not proposed to (E17).
    responsables: answerable
      .filter((person) => person.role === 'RESPONSABLE' && person.isActive)
      .map(named),
    proposed:
      proposed && proposed.expiresAt > now
        ? {
            id: proposed.id,
            from: people.get(proposed.from),
            to: people.get(proposed.to),
            proposedAt: proposed.proposedAt,
            expiresAt: proposed.expiresAt,
            isForMe: proposed.to === account,
          }
        : null,
    undoable: undoable
      ? {
          id: undoable.id,
          from: people.get(undoable.from) ?? null,
          to: people.get(undoable.to) ?? null,
          until: undoable.undoUntil,
          iLed: undoable.from === account,
        }
      : null,
    rescue: rescue
      ? {
          id: rescue.id,
          by: named(rescue),
          askedAt: rescue.askedAt,
          until: rescue.until,
          isMine: rescue.account === account,
          isOpen: isOpenToObjections(rescue, now),
          iObjected: objections.some((objection) => objection.account === account),
        }
      : null,
  }
}

export type Situation = Awaited<ReturnType<typeof situationOf>>
