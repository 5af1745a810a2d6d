import type { Problem, Way } from '@myanm/chassis'
import type { Context } from 'koa'
import { OWN_CLIENT } from '#clients'
import { type Engine, waysTo } from '#oidc'
import { problem } from '../problems.ts'
import { readAskingSite } from './asking-site.ts'

/**
 * A journey that is over: it took too long, it was somebody else's, or it has been travelled, in another
 * tab or before going back. Never a dead end (ahead 11): whoever is signed in goes on to the site that
 * asked, whoever is not begins again there.
 */
export async function overProblem(
  ctx: Context,
  engine: Engine,
  { cause }: { readonly cause?: Error } = {},
): Promise<Problem> {
  const { accountId } = await engine.provider().Session.get(ctx as never)
  const ways = waysFrom(ctx, engine)
  return accountId
    ? problem('signed-in-already', { cause, ways: [...ways, ACCOUNT] })
    : problem('sign-in-expired', { cause, ways })
}

const ACCOUNT: Way = { key: 'journeys.way.account', href: '/compte' }

/** The site that asked, first; every site when it is not known. */
function waysFrom(ctx: Context, engine: Engine): Way[] {
  const asking = readAskingSite(ctx)
  if (asking === OWN_CLIENT) return [ACCOUNT]
  const sites = engine.sites()
  const known = sites.filter(({ clientId }) => clientId === asking)
  return waysTo(known.length > 0 ? known : sites)
}
