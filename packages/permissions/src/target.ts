import type { Extent, Gesture } from './actions.ts'
import type { Role } from './ladder.ts'
import type { Service } from './services.ts'

/**
 * The facts of the thing an action bears on. Each is told by the site from its own record of it.
 */
export interface Target {
  /** The organisation it belongs to; null for what a person has in their own name. */
  readonly organisationId?: string | null
  /** Who made it, seen from the actor. */
  readonly author?: 'self' | 'colleague' | 'other'
  /** How it stands, or is to stand when it is being made. */
  readonly state?: 'draft' | 'published'
  /** To whom a proposed transfer is addressed, seen from the actor. */
  readonly addressee?: 'self' | 'other'
  /**
   * The role the other person holds or is to be given; null says that no role is in play, as when a
   * join request is refused.
   */
  readonly role?: Role | null
  /** Whether the subscription that the content asks for is running. */
  readonly subscription?: 'running' | 'none'
  /** The service it is part of, where an action spans several: `emploi` for a job offer. */
  readonly service?: Service
  /** What is to be done, when less than the whole action is meant. */
  readonly gesture?: Gesture
}

/**
 * Whether the target stays within the extent: it `holds`, it `fails`, or the fact is `unsaid`.
 */
export function settle(extent: Extent, target: Target): 'holds' | 'fails' | 'unsaid' {
  switch (extent) {
    case 'own':
      return compare(target.author, 'self')
    case 'self':
      return compare(target.organisationId, null)
    case 'published':
      return compare(target.state, 'published')
    case 'target':
      return compare(target.addressee, 'self')
    case 'subscribed':
      return compare(target.subscription, 'running')
    default:
      return compare(target.gesture, extent)
  }
}

function compare<T>(told: T | undefined, wanted: T): 'holds' | 'fails' | 'unsaid' {
  if (told === undefined) return 'unsaid'
  return told === wanted ? 'holds' : 'fails'
}
