import { type Cell, type Extent, isShut } from './actions.ts'
import { type Decision, type Refused, refuse } from './decision.ts'
import type { Question } from './question.ts'
import { settle } from './target.ts'

/**
 * Holds the target against a cell that is not shut and against the action's own limit. What the
 * target leaves unsaid of a general question comes back as the extent to keep to.
 */
export function measure(question: Question, cell: Cell, limit?: Extent): Decision {
  for (const extent of [cell, limit]) {
    if (extent === undefined || extent === 'yes' || isShut(extent)) continue
    const settled = settle(extent, question.target)
    if (settled === 'holds') continue
    if (settled === 'unsaid' && question.unsaid === 'open') return { allowed: true, extent }
    return beyond(extent)
  }
  return { allowed: true }
}

function beyond(extent: Extent): Refused {
  switch (extent) {
    case 'own':
    case 'self':
    case 'published':
    case 'target':
      return refuse('not-yours')
    case 'subscribed':
      return refuse('needs-subscription')
    default:
      return refuse('only-in-part', { needs: { gesture: extent } })
  }
}

/**
 * Whether the other person's role is one that the action may touch or give; staff are held to it
 * too.
 */
export function roleOfOtherFits({ bounds, target, unsaid }: Question): boolean {
  if (!bounds.roles || target.role === null) return true
  if (target.role === undefined) return unsaid === 'open'
  return bounds.roles.includes(target.role)
}
