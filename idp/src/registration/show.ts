import { render } from '@myanm/chassis'
import type { Context } from 'koa'
import type { Journey } from '#journeys'
import { pathsOf } from './rules.ts'

/** Answers 303: after a form, the next is a page. */
export function seeOther(ctx: Context, address: string): void {
  ctx.status = 303
  ctx.redirect(address)
}

/** Shows a page of a registration, in the frame of its journey. */
export function show(
  ctx: Context,
  { uid, site }: Journey,
  { page, ...shown }: { readonly page: string } & Readonly<Record<string, unknown>>,
): void {
  render(ctx, `registration/pages/${page}.njk`, {
    uid,
    asking: site,
    paths: pathsOf(uid),
    ...shown,
  })
}
