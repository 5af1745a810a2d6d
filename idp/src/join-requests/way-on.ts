import type { Db } from '@myanm/database'
import { atLeast, type Role } from '@myanm/permissions'
import { wayInto } from '#rules/oidc'
import type { Tables } from '../tables.ts'
import { findWanted, type OwnRequest } from './store.ts'

/** Whether what was asked for is there now, by an approval or another way: the role that was wished. */
export function isIn({ state, role, wishedRole }: OwnRequest): boolean {
  if (state === 'approved') return true
  return state === 'superseded' && isWhatWasWished(role, wishedRole)
}

const isWhatWasWished = (role: Role | null, wished: Role | null): boolean =>
  role !== null && (wished === null || atLeast(role, wished))

/** Where « Continuer » leads: to the page wanted at the site, for this organisation. */
export function wayOn(request: OwnRequest): string | null {
  const { client, homeUri, redirectUris, organisation, page } = request
  if (client === null) return null
  return wayInto(
    { clientId: client, homeUri, redirectUris: redirectUris ?? [] },
    { organisation, page },
  )
}

/**
 * Where somebody goes on who asked an organisation to let them in and comes in by an invitation: to the
 * page they asked for, when the role they are given is the one it takes.
 */
export async function wantedOf(
  db: Db<Tables>,
  of: { readonly account: string; readonly organisation: string; readonly role: Role },
): Promise<{ readonly href: string; readonly site: string } | null> {
  const wanted = await findWanted(db, of)
  if (!wanted || !isWhatWasWished(of.role, wanted.wishedRole)) return null
  const href = wayOn(wanted)
  return href === null || wanted.site === null ? null : { href, site: wanted.site }
}
