import type { IncomingMessage } from 'node:http'

/** What carries a request through Koa, the protocol engine and us. */
interface Carrier {
  readonly req: IncomingMessage
}

export interface PerRequest<Value> {
  set(ctx: Carrier, value: Value): void
  find(ctx: Carrier): Value | undefined
  /** @throws Error when nothing was set: the frame's order is broken, a bug. */
  get(ctx: Carrier): Value
}

/**
 * A value that lives as long as a request, with its own type and out of everybody else's reach: under
 * a symbol of its own, which costs the garbage collector nothing (a WeakMap per value does).
 */
export function perRequest<Value>(name: string): PerRequest<Value> {
  const place = Symbol(name)
  type Request = { [place]?: Value }
  return {
    set: (ctx, value) => {
      ;(ctx.req as Request)[place] = value
    },
    find: (ctx) => (ctx.req as Request)[place],
    get: (ctx) => {
      const value = (ctx.req as Request)[place]
      if (value === undefined) throw new Error(`No ${name} for this request`)
      return value
    },
  }
}
