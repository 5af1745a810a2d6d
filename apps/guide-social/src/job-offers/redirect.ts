import type { Context } from 'koa'

/** Answers 303: after a form, the next request is a GET. */
export function seeOther(ctx: Context, path: string): void {
  ctx.status = 303
  ctx.set('Location', path)
  ctx.body = ''
}
