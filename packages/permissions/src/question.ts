import { ACTIONS, type Action, type ActionKey } from './actions.ts'
import { BOUNDS, type Bounds } from './bounds.ts'
import type { Target } from './target.ts'

/** An action laid out with all that the tables say of it. */
export interface Question {
  readonly action: ActionKey
  readonly may: Action['may']
  readonly bounds: Bounds
  readonly target: Target
  /**
   * What an unsaid fact means: asked of one thing it `refuses`; asked in general it stays `open`
   * and the answer says how far the right goes.
   */
  readonly unsaid: 'refuses' | 'open'
}

export function questionAbout(action: ActionKey, target?: Target): Question {
  const bounds: Bounds = BOUNDS[action]
  const unsaid = target !== undefined && bounds.ofOneThing ? 'refuses' : 'open'
  return { action, may: ACTIONS[action].may, bounds, target: target ?? {}, unsaid }
}
