import type { Db } from '@myanm/database'
import { wayInto } from '#rules/oidc'
import type { Needs } from '../services.ts'
import type { Tables } from '../tables.ts'
import { findWish, saveWish, type WishToLead } from './wish-store.ts'

/**
 * Somebody of the team wants a page that only who leads may open. Nobody is asked anything: who leads is
 * handed over, not requested (6.3). Where they wanted to go is kept for the day they do (ahead 2).
 */
export function wishToLead({ db }: Needs<'db'>, wish: WishToLead): Promise<void> {
  return saveWish(db, wish)
}

/** Where « Continuer » leads whoever leads now: to the page they wanted, for this organisation. */
export async function wishedPage(
  db: Db<Tables>,
  of: { readonly account: string; readonly organisation: string },
): Promise<{ readonly site: string; readonly href: string } | null> {
  const wish = await findWish(db, of)
  if (!wish) return null
  const { organisation } = of
  const href = wayInto(
    { ...wish, redirectUris: wish.redirectUris ?? [] },
    { organisation, page: wish.page },
  )
  return href === null ? null : { site: wish.site, href }
}
