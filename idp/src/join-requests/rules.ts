import { compareRoles, type Role } from '@myanm/permissions'

const DAY = 86_400_000

/** Roles somebody can be given on request: who leads is chosen otherwise (6.3). */
export const GRANTABLE = ['LECTEUR', 'COLLABORATEUR', 'RESPONSABLE'] as const
export type Grantable = (typeof GRANTABLE)[number]

export function isGrantable(role: unknown): role is Grantable {
  return GRANTABLE.some((one) => one === role)
}

/**
 * The life of a request (specification 6.2). `superseded`: the person came in otherwise, or left.
 *
 *     pending ──approve──▸ approved
 *        ├─────refuse────▸ refused
 *        ├─────withdraw──▸ withdrawn
 *        ├─────30 days───▸ expired
 *        └───(the person is in, or gone)──▸ superseded
 */
export type RequestState =
  | 'pending'
  | 'approved'
  | 'refused'
  | 'withdrawn'
  | 'expired'
  | 'superseded'

/** How far a request that nobody answers has gone, in the order it goes (ahead 3). */
export const STEPS = [
  { step: 1, afterDays: 2, to: 'manager' },
  { step: 2, afterDays: 5, to: 'manager' },
  { step: 3, afterDays: 6, to: 'responsables' },
  { step: 4, afterDays: 7, to: 'team' },
] as const

export type Step = (typeof STEPS)[number]

/** From here on the team of the ANM has it on its list. */
export const WITH_THE_TEAM = 4

/**
 * What is due for a request that waits: the furthest step its age has reached, once. After a week that
 * nobody worked, one letter leaves, not four. A step for whom there is nobody gives way to the next.
 */
export function stepDue(given: {
  readonly toldAt: Date
  readonly done: number
  readonly now: Date
  readonly hasManager: boolean
  readonly hasResponsables: boolean
}): Step | null {
  const { toldAt, done, now, hasManager, hasResponsables } = given
  const days = (now.getTime() - toldAt.getTime()) / DAY
  const reached = STEPS.findLast(({ afterDays }) => afterDays <= days)
  // Nobody leads: those who can take the organisation over are told at once.
  const least = hasManager ? (reached?.step ?? 0) : Math.max(reached?.step ?? 0, 3)
  const step = least === 3 && !hasResponsables ? 4 : least
  return step > done ? (STEPS.find((one) => one.step === step) ?? null) : null
}

/** How long somebody who was refused waits before they ask again, in days (M47). */
export const PAUSE_DAYS = 30

export function mayAskAgainOn(refusedAt: Date): Date {
  return new Date(refusedAt.getTime() + PAUSE_DAYS * DAY)
}

/** Requests one person may have open at a time, and make in a day: nobody rings every door (F26). */
export const MOST_OPEN = 10
export const MOST_A_DAY = 20

/** The roles that would be a step up from this one, as far as one can ask for them. */
export function rolesToAskFor(role: Role): readonly Grantable[] {
  return GRANTABLE.filter((one) => compareRoles(one, role) > 0)
}

/** The role to ask for when at least `least` is needed; null when no request leads there. */
export function roleToAskFor(least: Role | null): Grantable | null {
  if (least === null) return 'LECTEUR'
  return isGrantable(least) ? least : null
}

/** Whether something typed is meant as a name rather than as a number: it has three letters together. */
export function looksLikeName(typed: string): boolean {
  return /\p{L}{3}/u.test(typed) && typed.length <= 200
}

/** What goes into a letter for a name that may not stand there: the sentence does without it. */
export const UNNAMED = 'none'
