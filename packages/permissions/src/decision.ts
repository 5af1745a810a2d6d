import type { Extent, Gesture } from './actions.ts'
import type { Role } from './ladder.ts'
import type { Profile, Service } from './services.ts'

export type Decision = Allowed | Refused

export interface Allowed {
  readonly allowed: true
  /** Present when the right is narrower than the question: the caller keeps to it. */
  readonly extent?: Extent
  /** `sector`: for functions and activities of the sector only (5.2, marchand organisations). */
  readonly within?: 'sector'
}

export interface Refused {
  readonly allowed: false
  readonly because: Because
  /** What would open it, where something would. */
  readonly needs?: Needs
  /** What stays possible all the same: reading the list (P17), keeping a draft (4.2.3). */
  readonly instead?: 'read-list' | 'draft'
}

export interface Needs {
  /** The least role that would allow it. */
  readonly role?: Role
  /** The profiles that can allow it; `organisme` by acting for an organisation. */
  readonly profiles?: readonly Profile[]
  /** The service that is closed. */
  readonly service?: Service
  /** The roles the other person may hold or be given. */
  readonly roles?: readonly Role[]
  /** The lesser gesture that is allowed. */
  readonly gesture?: Gesture
}

export type Because =
  /** A visitor: signing in is the first step. */
  | 'not-signed-in'
  | 'account-inactive'
  | 'organisation-closed'
  | 'link-inactive'
  /** Nobody of the ANM has checked the organisation yet (D13): its role is enough, for drafts. */
  | 'to-check'
  /** The service is not open to this organisation (5.2, E37). */
  | 'service-closed'
  /** The service is open, the role is too low (M40, E14). */
  | 'role-too-low'
  /** Only below the manager: P28, and P29 (E16, transfer first). */
  | 'role-too-high'
  /** An account of this profile cannot, in its own name (E22). */
  | 'profile'
  /** In one's own name, but it takes an organisation to act for. */
  | 'needs-organisation'
  /** For an organisation, but it only goes in one's own name. */
  | 'in-own-name-only'
  /** The thing belongs to another organisation. */
  | 'other-organisation'
  /** Somebody else's, and no role changes that. */
  | 'not-yours'
  | 'needs-subscription'
  /** Asking to join the organisation one already acts for. */
  | 'already-member'
  /** The other person's role does not fit (E17, E20). */
  | 'role-of-other'
  /** Only a lesser gesture is allowed: `needs.gesture`. */
  | 'only-in-part'
  /** Members do this, staff of the ANM do not. */
  | 'not-for-staff'
  /** Nobody may (P19). */
  | 'never'

export function refuse(because: Because, more: Omit<Refused, 'allowed' | 'because'> = {}): Refused {
  return { allowed: false, because, ...more }
}
