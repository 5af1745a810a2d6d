import type { Component } from '../../../component.ts'
import type { Html } from '../../../page-props.ts'

/**
 * The key of the asking site, or anything else for a partner: its strip is neutral. The sentence
 * comes from `rich(…)`: plain text is escaped, a partner chooses its own name.
 */
export const siteStrip: Component<[site: string, html: Html]> = {
  folder: 'site-strip',
  macro: 'siteStrip',
  examples: {
    'a site of ours': ['guide-social', 'Connexion pour accéder à Guide Social'],
    'a partner': ['partner-42', 'Connexion pour accéder à Réseau Santé'],
  },
}
