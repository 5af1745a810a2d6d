import { randomUUID } from 'node:crypto'
import type { Log } from '@myanm/chassis'
import limitTo from 'p-limit'
import { post, reachOf, type SiteToken, siteSigner, type TellingNeeds } from '#oidc'
import { AT_ONCE, BATCH, claimsOf, LEASE, PATIENCE, pauseAfter, verdictOf } from './rules.ts'
import * as store from './store.ts'
import * as streams from './streams-store.ts'

export interface DeliveryNeeds extends TellingNeeds {
  readonly log: Log
}

/** A turn at one site, while this process holds the lease. */
interface Turn {
  readonly client: string
  readonly stream: streams.Stream
  readonly sign: (token: SiteToken) => Promise<string>
  /** Somebody else delivers there by now, or this process is about to end. */
  readonly isOver: () => boolean
}

/** A process that delivers, as long as its lock is its own. */
export interface Deliverer {
  readonly holder: number
  readonly isStopping: () => boolean
}

/**
 * Delivers to one site until nothing is left or nothing gets through. No connection to the database is
 * held while the site is waited for. Who finds that another process does it leaves.
 */
export async function deliverToSite(
  needs: DeliveryNeeds,
  client: string,
  { holder, isStopping }: Deliverer,
): Promise<void> {
  const { db, log } = needs
  const lease = { client, lease: randomUUID(), holder }
  const stream = await streams.takeStream(db, lease)
  if (!stream) return
  let isLost = false
  const heartbeat = setInterval(() => {
    streams.renewLease(db, lease).then(
      (isHeld) => {
        isLost ||= !isHeld
      },
      () => {
        isLost = true
      },
    )
  }, LEASE / 4)
  const isOver = () => isLost || isStopping()
  try {
    const turn = { client, stream, sign: await siteSigner(needs), isOver }
    let { tries } = stream
    while (!isOver()) {
      const due = await store.listDue(db, client, tries > 0 ? BATCH.probing : BATCH.usual)
      if (due.length === 0) {
        if ((await streams.releaseWhenDone(db, lease)) === 'more') continue
        return
      }
      const { heard, isAway, reason } = await deliverBatch(needs, turn, due)
      if (heard === 0 && isAway) {
        const pause = pauseAfter(tries + 1)
        log.warn({ event: 'site-not-reached', client, reason, pause }, 'a site hears of no change')
        return await streams.leaveAlone(db, lease, pause)
      }
      if (heard > 0 && tries > 0) {
        log.info({ event: 'site-reached', client, tries }, 'a site hears of changes again')
        await streams.noteReachable(db, client)
        tries = 0
      }
    }
    await streams.release(db, lease)
  } finally {
    clearInterval(heartbeat)
  }
}

/**
 * Several people at once, each person’s changes one after the other, in their order: what stops at one
 * stops for that person only.
 */
async function deliverBatch(
  needs: DeliveryNeeds,
  turn: Turn,
  due: readonly store.Delivery[],
): Promise<{ readonly heard: number; readonly isAway: boolean; readonly reason: string | null }> {
  const atOnce = limitTo(AT_ONCE)
  const failures: { delivery: store.Delivery; reason: string; at: 'site' | 'event' }[] = []
  let heard = 0
  let isAway = false

  const deliverTo = async (deliveries: readonly store.Delivery[]): Promise<void> => {
    for (const delivery of deliveries) {
      if (isAway || turn.isOver()) return
      const verdict = await tell(needs, turn, delivery)
      if (verdict.is === 'failed') {
        isAway ||= verdict.at === 'site'
        failures.push({ delivery, ...verdict })
        return
      }
      heard += 1
      const { is: state } = verdict
      const reason = verdict.is === 'refused' ? verdict.reason : null
      if (state === 'refused') {
        const { client } = turn
        needs.log.error({ event: 'signal-refused', client, reason }, 'a site refuses a change')
      }
      await store.settle(needs.db, delivery.id, { state, reason })
    }
  }

  const people = Map.groupBy(due, ({ account }) => account)
  await Promise.all([...people.values()].map((ofOne) => atOnce(() => deliverTo(ofOne))))
  // What failed because the site is away waits with it; what failed alone waits alone.
  const isAlone = heard > 0 || !isAway
  const reason = failures.at(-1)?.reason ?? null
  if (isAlone && failures.length > 0) {
    const told = { event: 'changes-not-taken', client: turn.client, count: failures.length, reason }
    needs.log.warn(told, 'a site does not take some changes, trying again')
  }
  for (const { delivery, reason: why } of failures) {
    const pause = isAlone ? pauseAfter(delivery.tries + 1) : null
    await store.noteFailure(needs.db, delivery.id, { reason: why, pause })
  }
  return { heard, isAway, reason }
}

/** Pushes one security event token (RFC 8935 §2). */
async function tell(needs: DeliveryNeeds, turn: Turn, delivery: store.Delivery) {
  const { issuer, subjectOf } = needs
  const { client, stream, sign } = turn
  const { kind, sid, rightsVersion, at } = delivery
  const subject = subjectOf(delivery.account, stream.sector)
  const token = await sign({
    type: 'secevent+jwt',
    audience: client,
    id: delivery.id,
    claims: claimsOf({ kind, sid, rightsVersion, at, subject, issuer: issuer.origin }),
  })
  try {
    const answer = await post(
      new URL(stream.eventsUri),
      { type: 'application/secevent+jwt', body: token, patience: PATIENCE },
      reachOf(issuer),
    )
    return verdictOf(answer)
  } catch (error) {
    return { is: 'failed', at: 'site', reason: nameOf(error as NodeJS.ErrnoException) } as const
  }
}

/** `ECONNREFUSED`, `TimeoutError`; of what is an error and nothing more, its words. */
const nameOf = ({ code, name, message }: NodeJS.ErrnoException): string =>
  String(code ?? (name === 'Error' ? message : name))
