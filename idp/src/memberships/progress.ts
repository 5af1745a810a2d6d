import { setTimeout as pause } from 'node:timers/promises'
import type { Context } from 'koa'
import { type Applied, appliedOf } from '#signals'
import type { Needs } from '../services.ts'

/** How long somebody who has just decided is kept waiting for the sites: the time they have (P6). */
const PATIENCE = 1000
const LOOK_EVERY = 100

/** Between two looks of a page that follows late sites by itself, in seconds, and how many there are. */
const REFRESH = 3
const MOST_LOOKS = 20

/** How far a change has come, as a page tells it: « appliqué sur 4 sites sur 4 ». */
export interface Progress {
  readonly at: Date
  readonly all: number
  readonly applied: number
  /** Names of the sites that have not answered yet, and of those that are tried no more. */
  readonly late: readonly string[]
  readonly givenUp: readonly string[]
}

export function progressOf(applied: Applied | null): Progress | null {
  if (!applied) return null
  const named = (state: string) =>
    applied.sites.filter((site) => site.state === state).map(({ name }) => name)
  return {
    at: applied.at,
    all: applied.sites.length,
    applied: named('applied').length,
    late: named('late'),
    givenUp: named('given-up'),
  }
}

/**
 * How far the latest change of a member's rights has come. A page that has just made one (`?suivi`)
 * waits the second the sites have, so that it mostly says « sur tous » at once; while some are late it
 * looks again by itself, a minute long, without script. Its link stops that (WCAG 2.2.1).
 */
export async function followChange(
  ctx: Context,
  { db }: Needs<'db'>,
  of: { readonly organisation: string; readonly account: string },
): Promise<{ readonly progress: Progress | null; readonly isFollowing: boolean }> {
  const look = Number(ctx.query['suivi'])
  const isFollowing = Number.isInteger(look) && look >= 1 && look <= MOST_LOOKS
  const deadline = performance.now() + (look === 1 ? PATIENCE : 0)
  let progress = progressOf(await appliedOf(db, of))
  while (progress && progress.late.length > 0 && performance.now() < deadline) {
    await pause(LOOK_EVERY)
    progress = progressOf(await appliedOf(db, of))
  }
  const isLate = isFollowing && progress !== null && progress.late.length > 0
  if (isLate) ctx.set('Refresh', `${REFRESH}; url=${ctx.path}?suivi=${look + 1}`)
  return { progress, isFollowing: isLate }
}
