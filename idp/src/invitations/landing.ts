import type { Role } from '@myanm/permissions'
import { wantedOf } from '#join-requests'
import { wayInto } from '#rules/oidc'
import type { Needs } from '../services.ts'

export interface Landing {
  readonly href: string
  /** Null for a page of our own. */
  readonly site: { readonly name: string; readonly origin: string } | null
}

/**
 * Where whoever has joined goes on: to the page they wanted when they asked to join themselves; else into
 * the site they were invited to, acting for the organisation from the first page; to the organisation's
 * own page when no site was chosen, or it is no more.
 */
export async function landingOf(
  { db, engine }: Needs<'db' | 'engine'>,
  joined: {
    readonly organisation: string
    readonly client: string | null
    /** Null for whoever has no account yet: they have asked for nothing. */
    readonly account: string | null
    readonly role: Role
  },
): Promise<Landing> {
  const { organisation, account, role } = joined
  const wanted = account === null ? null : await wantedOf(db, { account, organisation, role })
  if (wanted) return landingAt(wanted.href, wanted.site)
  const site = engine.sites().find(({ clientId }) => clientId === joined.client)
  const href = site && wayInto({ ...site, redirectUris: [] }, { organisation, page: '/' })
  return href ? landingAt(href, site.name) : { href: `/organismes/${organisation}`, site: null }
}

function landingAt(href: string, name: string): Landing {
  return { href, site: { name, origin: new URL(href).origin } }
}
