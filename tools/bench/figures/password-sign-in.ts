import type { Effort } from '../effort.ts'
import { connect } from '../load/connection.ts'
import { crowd } from '../load/crowd.ts'
import { signIn } from '../load/sign-in.ts'
import { newVisitor } from '../load/visitor.ts'
import type { Verifier } from '../sides/argon2.ts'
import type { Account, Side } from '../sides/side.ts'
import {
  alternate,
  cpuPerOperation,
  cpuRatio,
  perSecond,
  spreadOf,
  spreadOfPairs,
} from './alternation.ts'
import type { Sides } from './comparison.ts'
import { atLeast, type Figure } from './figure.ts'
import { measure, type Round } from './round.ts'

/** P1 against the yardstick: as many full sign-ins as the same cores could verify passwords? */
export async function passwordSignIn(
  { ours }: Sides,
  verifier: Verifier,
  { signIns }: Effort,
): Promise<Figure[]> {
  const { pairs, times } = signIns
  await fromNothing(ours, { ...signIns, times: times / 2 })
  await verifier.verify(20)
  const rounds = await alternate(pairs, {
    ours: () => fromNothing(ours, signIns),
    theirs: () => measure(verifier, times, () => verifier.verify(times)),
  })
  const against = 'argon2id alone'
  const rates = spreadOfPairs(rounds, (own, other) => perSecond(own) / perSecond(other))
  return [
    {
      code: 'P1',
      what: 'sign-in with a password: rate',
      unit: 'per s',
      ours: spreadOf(rounds.ours.map(perSecond)),
      theirs: spreadOf(rounds.theirs.map(perSecond)),
      against,
      ratio: rates,
      target: atLeast(0.9, rates),
    },
    {
      code: 'P1',
      what: 'CPU of the provider, hashing included',
      unit: 'ms',
      ours: spreadOf(rounds.ours.map(cpuPerOperation)),
      theirs: spreadOf(rounds.theirs.map(cpuPerOperation)),
      against,
      ratio: spreadOfPairs(rounds, cpuRatio),
      target: null,
    },
  ]
}

/** P1 against another product, which may hash otherwise: rates side by side, no target. */
export async function passwordSignInBoth(sides: Sides, { signIns }: Effort): Promise<Figure[]> {
  const rounds = await alternate(signIns.pairs, {
    ours: () => fromNothing(sides.ours, signIns),
    theirs: () => fromNothing(sides.theirs, signIns),
  })
  return [
    {
      code: 'P1',
      what: 'sign-in with a password: rate',
      unit: 'per s',
      ours: spreadOf(rounds.ours.map(perSecond)),
      theirs: spreadOf(rounds.theirs.map(perSecond)),
      ratio: spreadOfPairs(rounds, (own, other) => perSecond(own) / perSecond(other)),
      target: null,
    },
  ]
}

/** Full sign-ins: a new browser each, from the authorization request through the pages to tokens. */
async function fromNothing(side: Side, load: Effort['signIns']): Promise<Round> {
  const connection = connect(side.endpoints.token.origin, load.members)
  let turn = 0
  const round = await measure(side, load.times, () =>
    crowd(load, () => {
      const account = side.accounts[turn++ % side.accounts.length] as Account
      return signIn(connection, side, { visitor: newVisitor(connection), account })
    }),
  )
  await connection.close()
  return round
}
