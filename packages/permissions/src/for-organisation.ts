import { accessTo } from './access.ts'
import { type Cell, columnOf, isShut, leastRoleFor } from './actions.ts'
import { type ActingOrganisation, kindOf } from './actor.ts'
import { outOfReach } from './belonging.ts'
import { type Decision, type Refused, refuse } from './decision.ts'
import { type Role, rolesAbove } from './ladder.ts'
import { measure, roleOfOtherFits } from './measure.ts'
import type { Question } from './question.ts'

/**
 * Acting for an organisation: rights are the services open to it ∩ the role in it (M40). What no
 * role changes is said first, so that nobody is sent to ask for a role that would not help.
 */
export function judgeForOrganisation(
  organisation: ActingOrganisation,
  question: Question,
): Decision {
  if (!organisation.active) return refuse('organisation-closed')
  if (!organisation.linkActive) return refuse('link-inactive')
  if (leastRoleFor(question.action) === null) return refuse('never')

  const unreachable = outOfReach(question, organisation.id)
  if (unreachable) return refuse(unreachable)

  const access = accessTo(question, kindOf(organisation), organisation.legalForm)
  if (!access.open) {
    return refuse('service-closed', access.service && { needs: { service: access.service } })
  }
  if (!roleOfOtherFits(question)) {
    return refuse(
      'role-of-other',
      question.bounds.roles && { needs: { roles: question.bounds.roles } },
    )
  }

  const decision = judgeRung(organisation, question)
  if (!decision.allowed) return decision
  // Last: whoever lacks the role is told so first, since with it they could at least keep drafts.
  if (organisation.toCheck && showsToPublic(question)) {
    return refuse('to-check', { instead: 'draft' })
  }
  return access.within ? { ...decision, within: access.within } : decision
}

/** Publishing, unless it is said that it stays a draft or is taken down. */
function showsToPublic({ bounds, target }: Question): boolean {
  return bounds.goesPublic === true && target.state !== 'draft' && target.gesture !== 'unpublish'
}

function judgeRung(organisation: ActingOrganisation, question: Question): Decision {
  const { role } = organisation
  const cellOn = (rung: Role) => cellOf(organisation, question, rung)
  const onRung = (rung: Role) => onCell(question, cellOn(rung))
  const decision = onRung(role)
  if (decision.allowed) return decision

  const least = rolesAbove(role).find((rung) => onRung(rung).allowed)
  if (least) return { ...decision, because: 'role-too-low', needs: { role: least } }
  if (!isShut(cellOn(role))) return decision

  // No role has it whole: either a higher one has it in part, or there too it is refused for itself.
  const partly = rolesAbove(role).find((rung) => !isShut(cellOn(rung)))
  if (!partly) return refuse('role-too-high')
  const there = onRung(partly)
  return there.allowed || there.because !== 'not-yours'
    ? { ...decision, needs: { role: partly } }
    : there
}

function cellOf({ options }: ActingOrganisation, { may, bounds }: Question, rung: Role): Cell {
  const cell = may[columnOf(rung)]
  if (cell !== 'option' || bounds.option === undefined) return cell
  return options.includes(bounds.option) ? 'yes' : 'no'
}

function onCell(question: Question, cell: Cell): Decision {
  if (!isShut(cell)) return measure(question, cell, question.bounds.limit)
  const refused: Refused = refuse('role-too-low')
  return cell === 'read-list' ? { ...refused, instead: 'read-list' } : refused
}
