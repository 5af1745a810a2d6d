import type { SiteOfTheHouse } from '#oidc'

/**
 * Where whoever has joined goes on: into the site they were invited to, acting for the organisation from
 * the first page; to the organisation's own page when no site was chosen, or it is no more.
 */
export function landingOf(
  sites: readonly SiteOfTheHouse[],
  joined: { readonly organisation: string; readonly client: string | null },
): { readonly href: string; readonly site: SiteOfTheHouse | null } {
  const site = sites.find(({ clientId }) => clientId === joined.client) ?? null
  if (!site) return { href: `/organismes/${joined.organisation}`, site }
  const href = new URL('/connexion', site.homeUri)
  href.search = new URLSearchParams({
    organisation: joined.organisation,
    retour: '/',
  }).toString()
  return { href: href.href, site }
}
