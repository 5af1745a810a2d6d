import type { Services } from '../services.ts'
import type { OfferEvent } from '../tables.ts'
import { dayOf } from './day.ts'
import { getOfferFor, type Wanted } from './load.ts'
import { offerProblem } from './problems.ts'
import type { Offer } from './row.ts'
import { isRepeat, type Move, movesFrom, standingOf } from './rules.ts'
import { changeOffer, findVersion, recordVersion, type Version } from './store.ts'

/** A wish to change an offer as it read in one version. */
export interface Wish extends Wanted {
  readonly version: number
}

export type Outcome =
  | { readonly is: 'done'; readonly offer: Offer }
  /** Somebody was faster: what stands now, and their change (E40). */
  | { readonly is: 'stale'; readonly current: Offer; readonly last: Version }

export type Change = Parameters<typeof changeOffer>[2]

/**
 * Makes one move with an offer: once, from the version that was seen, and written down. A second copy
 * of the same click finds the first one's work and is content with it.
 *
 * @throws Problem of `getOfferFor`; `offer-moved-on` when its standing does not allow the move
 */
export async function changeOnce(
  services: Pick<Services, 'db' | 'clock'>,
  wish: Wish,
  move: {
    readonly is: Move
    readonly what: OfferEvent
    readonly change: (offer: Offer, now: Date) => Omit<Change, 'now'>
    /** Whether what was found is what this very change would have made of it. */
    readonly isMade?: (current: Offer) => boolean
  },
): Promise<Outcome> {
  const { db, clock } = services
  const now = clock.now()
  const offer = await getOfferFor(services, wish, move.is)
  const standing = standingOf({ state: offer.state, endsOn: offer.content.endsOn }, dayOf(now))

  if (offer.version === wish.version) {
    if (!movesFrom(standing).includes(move.is)) throw offerProblem('offer-moved-on')
    const changed = await db.transaction().execute(async (tx) => {
      const after = await changeOffer(tx, offer, { ...move.change(offer, now), now })
      if (after) await recordVersion(tx, after, { what: move.what, bySub: wish.person.sub })
      return after
    })
    if (changed) return { is: 'done', offer: changed }
  }

  const current = await getOfferFor(services, wish, move.is)
  const last = await findVersion(db, current)
  if (!last) throw new Error(`Offer ${current.id} has no version ${current.version}`)
  const { sub } = wish.person
  const isMine = isRepeat(last, { version: wish.version, sub, what: move.what })
  if (isMine && (move.isMade?.(current) ?? true)) return { is: 'done', offer: current }
  return { is: 'stale', current, last }
}
