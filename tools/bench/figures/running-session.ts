import type { Effort } from '../effort.ts'
import { gather } from '../load/audience.ts'
import { connect } from '../load/connection.ts'
import { crowd } from '../load/crowd.ts'
import { signIn } from '../load/sign-in.ts'
import type { Side } from '../sides/side.ts'
import { alternate } from './alternation.ts'
import { compare, type Sides } from './comparison.ts'
import type { Figure } from './figure.ts'
import { measure, type Round } from './round.ts'

/** P2: a second visit, with a running session: authorize → code → token. Every code is redeemed. */
export async function runningSession(sides: Sides, effort: Effort): Promise<Figure[]> {
  await flows(sides.ours, effort, effort.warmUp)
  await flows(sides.theirs, effort, effort.warmUp)
  const rounds = await alternate(effort.pairs, {
    ours: () => flows(sides.ours, effort, effort.flows),
    theirs: () => flows(sides.theirs, effort, effort.flows),
  })
  return compare(sides, { code: 'P2', what: 'sign-in with a running session', rounds })
}

async function flows(side: Side, { people, members }: Effort, times: number): Promise<Round> {
  const connection = connect(side.endpoints.token.origin, members)
  const audience = await gather(side, connection, people)
  // A browser does one thing at a time: whoever has waited longest comes next.
  const waiting = [...audience]
  const round = await measure(side, times, () =>
    crowd({ times, members: Math.min(members, people) }, async () => {
      const next = waiting.shift()
      if (!next) throw new Error('More flows at once than people')
      await signIn(connection, side, next)
      waiting.push(next)
    }),
  )
  await connection.close()
  return round
}
