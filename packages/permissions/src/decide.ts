import { ACTION_KEYS, type ActionKey, isShut } from './actions.ts'
import type { Actor } from './actor.ts'
import type { ActionOnOneThing } from './bounds.ts'
import { type Allowed, type Decision, refuse } from './decision.ts'
import { judgeForOrganisation } from './for-organisation.ts'
import { judgeInOwnName, waysIn } from './in-own-name.ts'
import { measure, roleOfOtherFits } from './measure.ts'
import { type Question, questionAbout } from './question.ts'
import type { Target } from './target.ts'

/** What `decide` wants to know of the thing: its facts where the action is asked of one thing. */
export type TargetFor<Key extends ActionKey> = [Key] extends [Exclude<ActionKey, ActionOnOneThing>]
  ? [target?: Target]
  : [target: Target]

/**
 * May this actor do this, to this thing? Pure, never throws, and says why not.
 *
 * Asked of one thing, an unsaid fact counts against the actor. Asked of a kind of thing (a list, a
 * new ad) the answer may carry an `extent` that the caller keeps to.
 */
export function decide<Key extends ActionKey>(
  actor: Actor,
  action: Key,
  ...[target]: TargetFor<Key>
): Decision {
  return judge(actor, questionAbout(action, target ?? {}))
}

/**
 * May this actor do this at all, to some thing or other? For menus and explanations: it lets nobody
 * touch anything, `decide` is asked again with the thing at hand.
 */
export function outlook(actor: Actor, action: ActionKey): Decision {
  return judge(actor, questionAbout(action))
}

/** All that this actor may do, in the order of the matrix, with how far each goes. */
export function allowedActions(
  actor: Actor,
): readonly { readonly action: ActionKey; readonly decision: Allowed }[] {
  return ACTION_KEYS.flatMap((action) => {
    const decision = outlook(actor, action)
    return decision.allowed ? [{ action, decision }] : []
  })
}

function judge(actor: Actor, question: Question): Decision {
  if (actor.kind === 'visitor') return judgeVisitor(question)
  if (!actor.accountActive) return refuse('account-inactive')
  if (actor.kind === 'staff') return judgeStaff(question)
  return actor.organisation
    ? judgeForOrganisation(actor.organisation, question)
    : judgeInOwnName(actor, question)
}

function judgeVisitor(question: Question): Decision {
  const { V } = question.may
  if (!isShut(V)) return measure(question, V)
  const needs = waysIn(question)
  return needs ? refuse('not-signed-in', { needs }) : refuse('never')
}

/**
 * Staff act on any organisation, within their own column; what is not published stays closed (note
 * 2).
 */
function judgeStaff(question: Question): Decision {
  const { may, bounds } = question
  if (isShut(may.A)) return refuse(waysIn(question) ? 'not-for-staff' : 'never')
  if (!roleOfOtherFits(question)) {
    return refuse('role-of-other', bounds.roles && { needs: { roles: bounds.roles } })
  }
  return measure(question, may.A, bounds.limit === 'published' ? 'published' : undefined)
}
