import { accessTo } from './access.ts'
import { isShut, leastRoleFor } from './actions.ts'
import type { Person } from './actor.ts'
import { outOfReach } from './belonging.ts'
import { type Because, type Decision, type Needs, refuse } from './decision.ts'
import { measure } from './measure.ts'
import type { Question } from './question.ts'
import type { Profile } from './services.ts'

/**
 * In one's own name: the rights of a particulier, or of an indépendant if registered so, whatever
 * organisations the account is linked to (5.1).
 */
export function judgeInOwnName({ accountType }: Person, question: Question): Decision {
  const column = accountType === 'independant' ? 'I' : 'P'
  const cell = question.may[column]
  const access = accessTo(question, column === 'I' ? 'independant' : 'particulier')
  if (!access.open || isShut(cell)) {
    const needs = waysIn(question)
    if (needs === null) return refuse('never')
    return refuse(wall(accountType, question, access.open), { needs })
  }
  const unreachable = outOfReach(question, null)
  return unreachable ? refuse(unreachable) : measure(question, cell, question.bounds.limit)
}

/**
 * An account linked to an organisation has the right profile and only the wrong context. For the
 * others the profile is the wall where it is what closes the service (E22).
 */
function wall(accountType: Profile, { may }: Question, serviceOpen: boolean): Because {
  if (accountType === 'organisme') return 'needs-organisation'
  return serviceOpen && isShut(may.I) ? 'needs-organisation' : 'profile'
}

/** Which profiles may do this, and with which role at least; null when nobody may. */
export function waysIn({ action, may }: Question): Needs | null {
  const role = leastRoleFor(action)
  const profiles: Profile[] = []
  if (!isShut(may.P)) profiles.push('particulier')
  if (!isShut(may.I)) profiles.push('independant')
  if (role) profiles.push('organisme')
  return profiles.length === 0 ? null : { profiles, ...(role && { role }) }
}
