import type { Browser, Page } from './browser.ts'

/** Where a site shows what the canary may do there, and how one reads it. */
export interface WatchedSite {
  readonly key: string
  readonly address: URL
  readonly shows: (page: Page) => 'LECTEUR' | 'COLLABORATEUR' | null
}

const bySpace: WatchedSite['shows'] = ({ text }) => {
  if (/comme\s+<[^>]*>\s*Lecteur\b/.test(text)) return 'LECTEUR'
  return /comme\s+<[^>]*>\s*Collaborateur\b/.test(text) ? 'COLLABORATEUR' : null
}

/** Who may publish gets the form; who may not is told why. */
const byForm: WatchedSite['shows'] = ({ status, text }) => {
  if (text.includes('name="texte"')) return 'COLLABORATEUR'
  return status === 403 && text.includes('Lecteur') ? 'LECTEUR' : null
}

export function watchedSites(homes: Readonly<Record<string, string>>): WatchedSite[] {
  return Object.entries(homes).map(([key, home]) =>
    key === 'guide-social'
      ? { key, address: new URL('/publier/emploi', home), shows: byForm }
      : { key, address: new URL('/mon-espace', home), shows: bySpace },
  )
}

/** Opens the page of a site until it shows a role. @returns how long after `since`, in milliseconds */
export async function seenAt(
  browser: Browser,
  site: WatchedSite,
  wanted: { readonly role: string; readonly since: number; readonly patience: number },
): Promise<number> {
  for (;;) {
    const page = await browser.open(site.address)
    const waited = performance.now() - wanted.since
    if (site.shows(page) === wanted.role) return waited
    if (waited > wanted.patience) return Number.POSITIVE_INFINITY
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
