import { setTimeout as pause } from 'node:timers/promises'
import type { Context } from 'koa'
import type { Needs } from '../services.ts'
import { type Applied, appliedOf, type Changed } from './applied-store.ts'
import { type Elapsed, elapsed } from './rules.ts'

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
  /** Sites that have not answered yet, and for how long. */
  readonly late: readonly { readonly site: string; readonly since: Elapsed }[]
  /** Names of those that do not want it, and of those that are tried no more. */
  readonly refused: readonly string[]
  readonly givenUp: readonly string[]
}

function progressOf(applied: Applied | null): Progress | null {
  if (!applied) return null
  const those = (state: string) => applied.sites.filter((site) => site.state === state)
  const named = (state: string) => those(state).map(({ name }) => name)
  return {
    at: applied.at,
    all: applied.sites.length,
    applied: those('applied').length,
    late: those('late').map(({ name, since }) => ({
      site: name,
      since: elapsed(Date.now() - since.getTime()),
    })),
    refused: named('refused'),
    givenUp: named('given-up'),
  }
}

/** Which look this is of a page that follows a change (`?suivi`); 0 for any other visit. */
function lookOf(ctx: Context): number {
  const look = Number(ctx.query['suivi'])
  return Number.isInteger(look) && look >= 1 && look <= MOST_LOOKS ? look : 0
}

/**
 * How far the latest change has come. A page that has just made one (`?suivi=1`) waits the second the
 * sites have, so that it mostly says « sur tous » at once.
 */
export async function lookAtChange(
  ctx: Context,
  { db }: Needs<'db'>,
  of: Changed,
): Promise<Progress | null> {
  const deadline = performance.now() + (lookOf(ctx) === 1 ? PATIENCE : 0)
  let progress = progressOf(await appliedOf(db, of))
  while (progress && progress.late.length > 0 && performance.now() < deadline) {
    await pause(LOOK_EVERY)
    progress = progressOf(await appliedOf(db, of))
  }
  return progress
}

/**
 * The same; while some sites are late the page looks again by itself, a minute long, without script. Its
 * link stops that (WCAG 2.2.1).
 */
export async function followChange(
  ctx: Context,
  needs: Needs<'db'>,
  of: Changed,
): Promise<{ readonly progress: Progress | null; readonly isFollowing: boolean }> {
  const look = lookOf(ctx)
  const progress = await lookAtChange(ctx, needs, of)
  const isFollowing = look > 0 && progress !== null && progress.late.length > 0
  if (isFollowing) ctx.set('Refresh', `${REFRESH}; url=${ctx.path}?suivi=${look + 1}`)
  return { progress, isFollowing }
}
