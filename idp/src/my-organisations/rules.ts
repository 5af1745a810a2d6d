import { type ActionKey, outlook, type Person, type Role } from '@myanm/permissions'
import { type ByPlace, byPlace, doingOf, PLACES } from '#rules/memberships'

export interface Doings {
  readonly may: ByPlace
  /** What a higher role opens, by the least that does, the nearest first. */
  readonly higher: readonly { readonly role: Role; readonly actions: readonly ActionKey[] }[]
}

/** What somebody may do for the organisation they act for, and what another role would add (5.3). */
export function doingsOf(actor: Person): Doings {
  const closed = Object.values(PLACES)
    .flat()
    .filter((action) => doingOf(actor, action) === null)
  const higher = (['COLLABORATEUR', 'RESPONSABLE', 'GESTIONNAIRE'] as const)
    .map((role) => ({ role, actions: closed.filter((action) => leastFor(actor, action) === role) }))
    .filter(({ actions }) => actions.length > 0)
  return { may: byPlace((action) => doingOf(actor, action)), higher }
}

function leastFor(actor: Person, action: ActionKey): Role | null {
  const decision = outlook(actor, action)
  const because = decision.allowed ? null : decision.because
  return because === 'role-too-low' && !decision.allowed ? (decision.needs?.role ?? null) : null
}

/** How long an answer stays beside what is still open, in milliseconds. */
const ANSWER_SHOWN = 30 * 86_400_000

/** Whether a request belongs on the page: as long as it waits, and for a month after it was answered. */
export function isWorthShowing(
  request: { readonly state: string; readonly settledAt: Date | null },
  now: Date,
): boolean {
  if (request.state === 'pending') return true
  const isAnswer = request.state === 'approved' || request.state === 'refused'
  return isAnswer && request.settledAt !== null
    ? now.getTime() - request.settledAt.getTime() < ANSWER_SHOWN
    : false
}
