import type { Context } from 'koa'

export interface PerRequest<Value> {
  set(ctx: Context, value: Value): void
  find(ctx: Context): Value | undefined
  /** @throws Error when nothing was set: the frame's order is broken, a bug. */
  get(ctx: Context): Value
}

/** A value that lives as long as a request, with its own type and out of everybody else's reach. */
export function perRequest<Value>(name: string): PerRequest<Value> {
  const values = new WeakMap<object, Value>()
  return {
    set: (ctx, value) => void values.set(ctx.req, value),
    find: (ctx) => values.get(ctx.req),
    get: (ctx) => {
      const value = values.get(ctx.req)
      if (value === undefined) throw new Error(`No ${name} for this request`)
      return value
    },
  }
}
