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

/** Opens the page of a site until it shows a role. @returns when it did; null when it never does */
export async function seenAt(
  browser: Browser,
  site: WatchedSite,
  wanted: { readonly role: string; readonly patience: number },
): Promise<Date | null> {
  const giveUp = performance.now() + wanted.patience
  for (;;) {
    // A site that does not answer shows nothing; it is asked again like one that shows the old right.
    const page = await browser.open(site.address).catch(() => undefined)
    if (page && site.shows(page) === wanted.role) return new Date()
    if (performance.now() > giveUp) return null
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
