import type { Effort } from '../effort.ts'
import { gather } from '../load/audience.ts'
import { connect } from '../load/connection.ts'
import { crowd } from '../load/crowd.ts'
import { refresh } from '../load/tokens.ts'
import type { Side } from '../sides/side.ts'
import { alternate } from './alternation.ts'
import { compare, type Sides } from './comparison.ts'
import type { Figure } from './figure.ts'
import { measure, type Round } from './round.ts'

/** P4: refresh tokens, each used once and replaced (rotation), one chain per person. */
export async function refreshing(sides: Sides, effort: Effort): Promise<Figure[]> {
  const { ours, theirs } = sides
  await refreshes(ours, effort, effort.warmUp / 2)
  await refreshes(theirs, effort, effort.warmUp / 2)
  const rounds = await alternate(effort.pairs, {
    ours: () => refreshes(ours, effort, effort.refreshes),
    theirs: () => refreshes(theirs, effort, effort.refreshes),
  })
  return compare(sides, { code: 'P4', what: 'refresh with rotation', rounds })
}

async function refreshes(side: Side, effort: Effort, times: number): Promise<Round> {
  const { members, people } = effort
  const connection = connect(side.endpoints.token.origin, members)
  const audience = await gather(side, connection, people)
  const waiting = audience.map(({ tokens }) => tokens.refresh_token)
  if (waiting.includes(undefined)) throw new Error(`${side.name} gave no refresh token`)
  const round = await measure(side, times, () =>
    crowd({ times, members: Math.min(members, people) }, async () => {
      const token = waiting.shift()
      if (token === undefined) throw new Error('More refreshes at once than people')
      waiting.push(await refresh(connection, side, token))
    }),
  )
  await connection.close()
  return round
}
