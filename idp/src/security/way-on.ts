import type { Context } from 'koa'
import { readReturn } from '#rules/visits'
import type { SecurityNeeds } from './needs.ts'

const PAGE = '/compte/securite'

/**
 * Where somebody was going who has to set up a second factor first: a sealed address of ours that
 * travels with these pages, so that the way on is there when it is done.
 */
export interface WayOn {
  /** The address of one of these pages, with it. */
  pathTo(page?: string): string
  /** Where it leads; null when nobody was going anywhere. */
  readonly path: string | null
}

export function wayOn(ctx: Context, { config }: Pick<SecurityNeeds, 'config'>): WayOn {
  const { suite } = ctx.query
  const path = typeof suite === 'string' ? readReturn(suite, config.COOKIE_KEY.reveal()) : null
  const suffix = path === null ? '' : `?suite=${String(suite)}`
  return { path, pathTo: (page = '') => PAGE + page + suffix }
}

export function goTo(ctx: Context, path: string): void {
  ctx.status = 303
  ctx.redirect(path)
}
