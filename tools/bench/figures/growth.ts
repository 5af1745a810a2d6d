import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Effort } from '../effort.ts'
import { gather } from '../load/audience.ts'
import { newAuthorization } from '../load/authorization.ts'
import { connect } from '../load/connection.ts'
import { crowd } from '../load/crowd.ts'
import { enter } from '../load/enter.ts'
import { signIn } from '../load/sign-in.ts'
import { introspect } from '../load/tokens.ts'
import { newVisitor } from '../load/visitor.ts'
import { startDatabase } from '../sides/database.ts'
import {
  grow,
  isOrdinary,
  LARGE_TEAM,
  OF_LARGE_TEAM,
  OF_MANY,
  ONE_OF_MANY,
  type Size,
} from '../sides/growth.ts'
import { myanmSide, startMyanm } from '../sides/myanm.ts'
import { accounts } from '../sides/scene.ts'
import type { Account, Side } from '../sides/side.ts'
import { alternate, perSecond, spreadOf, spreadOfPairs } from './alternation.ts'
import { atLeast, exactly, type Figure } from './figure.ts'
import { measure, type Round } from './round.ts'

/** What each side of a pair does to the same figure. */
type Work = (side: Side, effort: Effort, times: number) => Promise<Round>

const SMALL: Size = { accounts: 1000, organisations: 100, ofOne: 60, members: 100, expired: 0 }

/**
 * P5: the same load on a database as it is in the first week, and on one as large as it may ever get; two
 * databases and two processes of ours, in alternating rounds of one run.
 */
export async function growth(
  { root, directory }: { readonly root: string; readonly directory: string },
  effort: Effort,
  tell: (what: string) => void,
): Promise<Figure[]> {
  await using stack = new AsyncDisposableStack()
  const start = async (name: string, size: Size): Promise<Side> => {
    tell(`P5 ${name}: ${size.accounts} accounts, ${size.expired} expired tokens`)
    const place = join(directory, name)
    await mkdir(place, { recursive: true })
    const database = stack.use(await startDatabase({ root, directory: place }))
    await grow(database.adminUrl, size)
    const myanm = stack.use(await startMyanm({ root, directory: place, database }))
    const side = await myanmSide(myanm, database)
    return { ...side, name, accounts: side.accounts.filter(isOrdinary) }
  }
  const small = await start('small', SMALL)
  const grown = await start('grown', effort.grown)

  const figures: Figure[] = []
  for (const [what, work, times] of [
    ['sign-in with a running session', flows, effort.flows],
    ['introspection', questions, effort.introspections],
    [`team page, ${effort.grown.members} members`, teamPages, effort.pages],
    [`choice page, ${effort.grown.ofOne} organisations`, choicePages, effort.pages],
  ] as const) {
    tell(`P5 ${what}`)
    for (const side of [small, grown]) await work(side, effort, times)
    const rounds = await alternate(effort.pairs, {
      ours: () => work(grown, effort, times),
      theirs: () => work(small, effort, times),
    })
    figures.push(...linesOf(what, rounds))
  }
  return [...figures, await tokenSize(small, grown)]
}

/** All that an operation costs, ours and PostgreSQL’s: what other programs do hardly shows in it. */
const cpuOf = ({ provider, database, operations }: Round): number | null =>
  provider === null || database === null ? null : ((provider + database) * 1000) / operations

function linesOf(what: string, rounds: Awaited<ReturnType<typeof alternate>>): Figure[] {
  const rates = spreadOfPairs(rounds, (ours, theirs) => perSecond(ours) / perSecond(theirs))
  const costs = spreadOfPairs(rounds, (ours, theirs) => {
    const [own, other] = [cpuOf(ours), cpuOf(theirs)]
    return own === null || other === null ? null : other / own
  })
  const line = (
    figure: Pick<Figure, 'what' | 'unit' | 'ratio' | 'target'>,
    value: typeof cpuOf,
  ) => ({
    code: 'P5',
    against: 'small',
    ours: spreadOf(rounds.ours.map(value)),
    theirs: spreadOf(rounds.theirs.map(value)),
    ...figure,
  })
  return [
    line(
      { what: `${what}, rate`, unit: 'per s', ratio: rates, target: atLeast(0.95, rates) },
      perSecond,
    ),
    line({ what: `${what}, CPU of both`, unit: 'ms', ratio: costs, target: null }, cpuOf),
  ]
}

const flows: Work = async (side, { people, members }, times) => {
  const connection = connect(side.endpoints.token.origin, members)
  const waiting = [...(await gather(side, connection, people))]
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

const questions: Work = async (side, { people, members }, times) => {
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

const accountOf = (login: string): Account => {
  const account = accounts.find((one) => one.login === login)
  if (!account) throw new Error(`The bench has no ${login}`)
  return account
}

/** One page, again and again, of somebody who is signed in to MyANM. */
const pagesOf =
  (login: string, address: (side: Side) => string): Work =>
  async (side, { members }, times) => {
    const connection = connect(side.endpoints.token.origin, members)
    const { visitor, path } = await enter(connection, {
      account: accountOf(login),
      address: address(side),
    })
    const round = await measure(side, times, () =>
      crowd({ times, members }, async () => {
        const { status, text } = await visitor.open(path)
        if (status !== 200) throw new Error(`${path} answered ${status}: ${text.slice(0, 500)}`)
      }),
    )
    await connection.close()
    return round
  }

const teamPages = pagesOf(OF_LARGE_TEAM, () => `/organismes/${LARGE_TEAM}/equipe`)
const choicePages = pagesOf(OF_MANY, choiceAt)

function choiceAt({ endpoints, site }: Side): string {
  return newAuthorization(endpoints.authorization, site).address
}

/** What one who belongs to many carries around, next to one who belongs to few: the same (P5). */
async function tokenSize(small: Side, grown: Side): Promise<Figure> {
  const sizeAt = async (side: Side): Promise<number> => {
    const connection = connect(side.endpoints.token.origin, 1)
    const site = { ...side.site, parameters: `&organisation=${ONE_OF_MANY}` }
    const account = accountOf(OF_MANY)
    const visitor = newVisitor(connection)
    const tokens = await signIn(connection, { ...side, site }, { visitor, account })
    await connection.close()
    return JSON.stringify(tokens).length
  }
  const [ours, theirs] = [await sizeAt(grown), await sizeAt(small)]
  return {
    code: 'P5',
    what: 'tokens of one who belongs to many',
    unit: 'bytes',
    ours: exactly(ours),
    theirs: exactly(theirs),
    against: 'small',
    ratio: exactly(theirs / ours),
    // Numbers of one more digit are no growth.
    target: atLeast(0.99, exactly(theirs / ours)),
  }
}
