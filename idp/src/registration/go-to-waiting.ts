import type { Db } from '@myanm/database'
import type { Context } from 'koa'
import type { Journey } from '#journeys'
import type { Needs } from '../services.ts'
import type { Tables } from '../tables.ts'
import { keepResumed } from './progress.ts'
import { pathsOf } from './rules.ts'
import { findLatest } from './store.ts'

/** The password of the latest registration that waits for an address; null when none does. */
export async function waitingHashOf(db: Db<Tables>, identifier: string): Promise<string | null> {
  return (await findLatest(db, identifier))?.password_hash ?? null
}

/** Whoever gave that password waits for their mail: the page says so (E03). */
export async function goToWaiting(
  ctx: Context,
  { db }: Needs<'db'>,
  { journey, identifier }: { readonly journey: Journey; readonly identifier: string },
): Promise<void> {
  const registration = await findLatest(db, identifier)
  if (registration) await keepResumed(journey, { registration: registration.id, now: new Date() })
  ctx.status = 303
  ctx.redirect(pathsOf(journey.uid).waiting)
}
