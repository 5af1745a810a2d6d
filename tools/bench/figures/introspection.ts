import type { Effort } from '../effort.ts'
import { gather } from '../load/audience.ts'
import { connect } from '../load/connection.ts'
import { crowd } from '../load/crowd.ts'
import { pace, percentile } from '../load/pace.ts'
import { introspect } from '../load/tokens.ts'
import type { Side } from '../sides/side.ts'
import { alternate, perSecond, spreadOf } from './alternation.ts'
import { compare, type Sides } from './comparison.ts'
import { atMost, type Figure } from './figure.ts'
import { measure, type Round } from './round.ts'

/** Wide enough that no request waits for a connection at half load. */
const WIDE = 64

/**
 * P3: a resource server asks about access tokens. MyANM reads rights at each call; the other side says
 * what it remembers. Then how long it takes when half of what each can do is asked of it: of each
 * second on its own, since one hiccup of the machine is more than one in a hundred of a few seconds.
 */
export async function introspection(sides: Sides, effort: Effort): Promise<Figure[]> {
  const { ours, theirs } = sides
  await questions(ours, effort, effort.warmUp)
  await questions(theirs, effort, effort.warmUp)
  const rounds = await alternate(effort.pairs, {
    ours: () => questions(ours, effort, effort.introspections),
    theirs: () => questions(theirs, effort, effort.introspections),
  })
  const lines = compare(sides, { code: 'P3', what: 'introspection', rounds })
  const half = (of: readonly Round[]) => (spreadOf(of.map(perSecond))?.median ?? 0) / 2
  const own = await latency(ours, effort, half(rounds.ours))
  const other = await latency(theirs, effort, half(rounds.theirs))
  const line = (what: string, share: number): Figure => ({
    code: 'P3',
    what,
    unit: 'ms',
    ours: spreadOf(own.map((times) => percentile(times, share))),
    theirs: spreadOf(other.map((times) => percentile(times, share))),
    ratio: null,
    target: null,
  })
  const p99 = line('time of 99 in 100 at half load', 0.99)
  return [
    ...lines,
    line('time of 50 in 100 at half load', 0.5),
    { ...p99, target: atMost(5, 'ms', p99.ours) },
  ]
}

async function questions(side: Side, effort: Effort, times: number): Promise<Round> {
  const { people, members } = effort
  const connection = connect(side.endpoints.token.origin, members)
  const audience = await gather(side, connection, people)
  let turn = 0
  const round = await measure(side, times, () =>
    crowd({ times, members }, () => {
      const { tokens } = audience[turn++ % audience.length] as (typeof audience)[number]
      return introspect(connection, side, tokens.access_token)
    }),
  )
  await connection.close()
  return round
}

async function latency(
  side: Side,
  effort: Effort,
  rate: number,
): Promise<readonly (readonly number[])[]> {
  const connection = connect(side.endpoints.token.origin, WIDE)
  const audience = await gather(side, connection, effort.people)
  const times = await pace({ perSecond: rate, seconds: effort.steady }, (turn) => {
    const { tokens } = audience[turn % audience.length] as (typeof audience)[number]
    return introspect(connection, side, tokens.access_token)
  })
  await connection.close()
  return times
}
