import { type Secret, translate } from '@myanm/chassis'
import type { NoticeKind } from '@myanm/ui'
import type { Context } from 'koa'
import type { Surroundings } from './api.ts'
import type { Cookie } from './cookies.ts'
import { createSeal } from './seal.ts'
import { visits } from './visit.ts'

/** Seconds within which the next page has to open. */
const LIFE = 60

interface Kept {
  readonly kind: NoticeKind
  readonly key: string
}

/**
 * A sentence that waits for the next page, after a form has answered 303. It travels in a sealed
 * cookie: nobody else chooses what a page of ours says.
 */
export function notices(cookie: Cookie, secret: Secret) {
  const seal = createSeal(secret, 'notice')
  const context = Buffer.from('notice')

  const kept = (ctx: Context): Kept | undefined => {
    const value = cookie.read(ctx)
    return value === undefined
      ? undefined
      : (seal.open(Buffer.from(value, 'base64url'), context) as Kept | undefined)
  }

  return {
    keep(ctx: Context, kind: NoticeKind, key: string): void {
      cookie.write(ctx, seal.close({ kind, key }, context).toString('base64url'), LIFE)
    },

    /** What this page has to say first; said, it is not said again. */
    take(ctx: Context): Surroundings['notice'] {
      const visit = visits.find(ctx)
      const left = visit?.session?.leftOrganisation
      if (visit && left) {
        visit.toldLeft = true
        return {
          kind: 'wait',
          text: translate(ctx, 'problem.organisation-left.text', { organisation: left }),
        }
      }
      if (visit?.isLimited) {
        return { kind: 'wait', text: translate(ctx, 'relying-party.notice.rights-unread') }
      }
      const waiting = kept(ctx)
      if (!waiting) return null
      cookie.clear(ctx)
      return { kind: waiting.kind, text: translate(ctx, waiting.key) }
    },
  }
}

export type Notices = ReturnType<typeof notices>
