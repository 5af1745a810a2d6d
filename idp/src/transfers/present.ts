import type { Db } from '@myanm/database'
import { findAccount } from '#accounts'
import { findWaiting, type MemberVisit } from '#memberships'
import { findOrganisation } from '#organisations'
import { displayName } from '#rules/accounts'
import type { Tables } from '../tables.ts'
import { findRescue, listObjections } from './rescue-store.ts'
import { answersFor, isOpenToObjections } from './rules.ts'
import { type Answerable, findProposed, listAnswerable } from './store.ts'
import { findUndoable } from './undo.ts'
import { wishedPage } from './wish-to-lead.ts'

/** Somebody of the team as colleagues know them (M53). */
export interface Named {
  readonly account: string
  readonly name: string
  readonly email: string | null
}

const named = (person: Omit<Answerable, 'role'>): Named => ({
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
  const people = await namesOf(db, {
    known: answerable,
    asked: [proposed?.from, proposed?.to, undoable?.from, undoable?.to],
  })
  const leads = answerable.find((person) => person.role === 'GESTIONNAIRE')
  const wished = await wishedPage(db, { account, organisation: id })
  const objections = rescue ? await listObjections(db, rescue.id) : []
  return {
    isVacant: file?.state === 'vacant',
    isManager: role === 'GESTIONNAIRE',
    answers: answersFor(role),
    // The page at a site that they came for, and that only who leads may open.
    wished,
    leads: leads ? named(leads) : null,
    // All of them: who were missing here and stands on the team page would be known to be suspended, or
    // about to leave (M53).
    responsables: answerable.filter((person) => person.role === 'RESPONSABLE').map(named),
    waiting: role === 'GESTIONNAIRE' ? await findWaiting(db, { organisation: id, account }) : null,
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

/**
 * Those a step is between, by account: who led before may be anything in the team by now, and is still
 * called by their name.
 */
async function namesOf(
  db: Db<Tables>,
  {
    known,
    asked,
  }: { readonly known: readonly Answerable[]; readonly asked: readonly (string | undefined)[] },
): Promise<ReadonlyMap<string, Named>> {
  const people = new Map(known.map((person) => [person.account, named(person)]))
  for (const account of asked) {
    if (account === undefined || people.has(account)) continue
    const person = await findAccount(db, account)
    if (person) people.set(account, named({ ...person, account }))
  }
  return people
}

export type Situation = Awaited<ReturnType<typeof situationOf>>
