import { isDatabaseAway } from '@myanm/chassis'
import type pg from 'pg'

/** The code after which the queue's library tries again, with growing pauses, a hundred times. */
const TRY_AGAIN = 'ETIMEDOUT'

/**
 * A pool for the job queue, whose library notes the end of a job without listening to whether that
 * worked: a database that is away at that moment would end the whole process. It tries again after
 * few errors only, so that everything a lost connection can say is told in those words.
 */
export function patientPool(pool: pg.Pool): pg.Pool {
  const retried = (error: unknown): never => {
    if (isDatabaseAway(error)) throw Object.assign(error as Error, { code: TRY_AGAIN })
    throw error
  }
  const patient = (client: pg.PoolClient): pg.PoolClient =>
    inFrontOf(client, {
      query: (...given: Parameters<typeof client.query>) =>
        Promise.resolve(client.query(...given)).catch(retried),
    })
  return inFrontOf(pool, {
    // With a callback it listens for new jobs, and there it does listen to what goes wrong.
    connect: (heard?: Parameters<typeof pool.connect>[0]) =>
      heard ? pool.connect(heard) : pool.connect().then(patient, retried),
  })
}

/** The same object, but for some of its methods. */
function inFrontOf<Thing extends object>(thing: Thing, methods: object): Thing {
  return new Proxy(thing, {
    get: (target, name) => {
      if (name in methods) return Reflect.get(methods, name)
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
