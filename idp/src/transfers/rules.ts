import type { Role } from '@myanm/permissions'

/**
 * The life of a transfer (specification 6.3). « By itself »: a side is no longer what it has to be, and
 * the database closes it with the change that made it so.
 *
 *     (proposes) ──▶ proposed ──── the target accepts, step-up ────▶ accepted ── 72 h, step-up ──▶ undone
 *                       ├───────── the target refuses ─────────────▶ refused
 *                       ├───────── the GESTIONNAIRE, or by itself ─▶ cancelled
 *                       └───────── 7 days ─────────────────────────▶ expired
 *
 * And of a take-over of an organisation that nobody leads (ahead 4):
 *
 *     (asks) ──▶ open ── 5 days, then two of the team ──▶ confirmed
 *                  ├───── one of the team ──────────────▶ refused
 *                  ├───── who asked ────────────────────▶ withdrawn
 *                  └───── by itself ────────────────────▶ superseded
 */

const DAY = 24 * 60 * 60_000

/** How long a proposal waits for its answer, in milliseconds (6.3). The table says the same. */
export const PROPOSAL_LASTS = 7 * DAY

/** How long either may undo what was accepted, in milliseconds (ahead 4). */
export const UNDO_LASTS = 3 * DAY

/** How long the others may object to a take-over, in days (ahead 4). The table says the same. */
export const OBJECTIONS_LAST = 5

/** Why a step of a transfer is refused. */
export type TransferRefusal =
  /** Things have changed: answered, withdrawn, over, or the person is no longer what they were. */
  | 'not-now'
  /** Only to a RESPONSABLE (E17). */
  | 'not-responsable'
  /** A RESPONSABLE who cannot take over at this moment; why is theirs alone (M53). */
  | 'not-available'
  /** One open at a time (E18). */
  | 'open-already'

/** A transfer that was accepted, and those it was between as they are now. */
export interface Accepted {
  readonly undoUntil: Date
  /** Whether a later transfer was accepted, or somebody else leads. */
  readonly isLatest: boolean
  readonly leads: string | undefined
  readonly from: {
    readonly account: string
    readonly isMember: boolean
    readonly isActive: boolean
  }
  readonly to: string
}

/**
 * Either of the two undoes it, as long as it is the last word on who leads, and the one who led before is
 * still there to lead. The end of the 72 hours is no longer within them.
 */
export function mayUndo(transfer: Accepted, by: string, now: Date): boolean {
  const { undoUntil, isLatest, leads, from, to } = transfer
  return (
    now < undoUntil &&
    isLatest &&
    leads === to &&
    from.isMember &&
    from.isActive &&
    (by === from.account || by === to)
  )
}

/** Who may ask to take over what is vacant, and object to somebody else's asking. */
export function answersFor(role: Role): boolean {
  return role === 'RESPONSABLE'
}

/** Whether the others can still object. At the end they no longer can, and the team decides. */
export function isOpenToObjections(rescue: { readonly until: Date }, now: Date): boolean {
  return now < rescue.until
}
