import { frameProblem, isDatabaseAway, type Log, perRequest } from '@myanm/chassis'
import type { Context } from 'koa'
import type { Provider } from 'oidc-provider'

const lostDatabase = perRequest<Error>('lost database')

/** Hears what fails inside the engine, which answers « server_error » and says no more. */
export function hearFailures(provider: Provider, log: Log): void {
  provider.on('server_error', (ctx, error) => {
    if (isDatabaseAway(error)) lostDatabase.set(ctx, error)
    else log.error({ err: error }, 'engine failed')
  })
  provider.on('grant.error', (_ctx, error) => log.debug({ code: error.message }, 'grant refused'))
}

/**
 * A database that is away is not a failure of ours to hide behind a 500: the caller is told to come
 * back (503, Retry-After), people and programs alike.
 * @throws Problem `unavailable`
 */
export function insistOnDatabase(ctx: Context): void {
  const cause = lostDatabase.find(ctx)
  if (!cause) return
  ctx.remove('location')
  throw frameProblem('unavailable', { cause, headers: { 'retry-after': '5' } })
}
