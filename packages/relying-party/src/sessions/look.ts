import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Log } from '@myanm/chassis'
import { MyAnmError } from '../myanm/errors.ts'
import { type ConsultNeeds, consult } from './consult.ts'
import { areRightsOld } from './limits.ts'
import type { Session } from './session.ts'
import { singleFlight } from './single-flight.ts'

/** What a look at MyANM found: the session as it is now, that it is over, or nothing. */
export type Found = Session | 'over' | 'away'

/** Longest another process is waited for, in milliseconds. */
const PATIENCE = 6_000
/** Between two looks at whether it is done. */
const STEP = 25

/**
 * Reads a person's rights again from MyANM.
 *
 * Refresh tokens serve once, and one used twice signs the person out everywhere (RFC 9700 §4.14): for
 * each session one request at a time talks to MyANM, in this process (`singleFlight`) and among
 * processes (the lease in the row). The others take what it found.
 */
export function looks(needs: ConsultNeeds & { readonly log: Log }) {
  const { store, vault, myanm, clock, log } = needs
  const flights = singleFlight<Found>()

  const look = async (id: Buffer, isGoodEnough: (session: Session) => boolean): Promise<Found> => {
    // Before the lease is taken: its time is for the session, not for finding MyANM.
    await myanm.discovered()
    const giveUp = performance.now() + PATIENCE
    const lease = randomUUID()
    for (;;) {
      const row = await store.hold(id, lease, clock.now())
      if (row) {
        try {
          const session = vault.open(row)
          if (session && !isGoodEnough(session)) {
            return (await consult(needs, session, lease)) ?? 'over'
          }
          await store.release(id, lease)
          return session ?? 'over'
        } catch (error) {
          await store.release(id, lease)
          throw error
        }
      }
      if (!(await store.find(id, clock.now()))) return 'over'
      if (performance.now() > giveUp) return 'away'
      await pause(STEP)
    }
  }

  /** What a failure means for the session: MyANM alone ends it, its absence does not. */
  const settled = async (id: Buffer, looking: Promise<Found>): Promise<Found> => {
    try {
      return await looking
    } catch (error) {
      if (!MyAnmError.is(error)) throw error
      const { failure } = error
      if (failure === 'grant-over' || failure === 'token-refused') {
        await store.remove(id)
        log.info({ event: 'session-over', failure }, 'MyANM ended a session')
        return 'over'
      }
      log.warn({ err: error, event: 'rights-unread', failure }, 'rights could not be read')
      return 'away'
    }
  }

  return {
    /**
     * The person's rights, at most a minute old. Of a stale session what is being read already does not
     * count: it may have begun before the change.
     */
    recent: ({ id, isStale }: Session): Promise<Found> => {
      const fly = () =>
        settled(
          id,
          look(id, (session) => !session.isStale && !areRightsOld(session.checkedAt, clock.now())),
        )
      const key = id.toString('hex')
      return isStale ? flights.follow(key, fly) : flights.join(key, fly)
    },

    /** The person's rights as they are after this call: what was being read before does not count. */
    now: ({ id }: Session): Promise<Found> =>
      flights.follow(id.toString('hex'), () =>
        settled(
          id,
          look(id, () => false),
        ),
      ),
  }
}

export type Looks = ReturnType<typeof looks>
