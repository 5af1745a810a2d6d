import type { Component } from '../../../component.ts'
import type { ActionKind } from '../action/examples.ts'

export interface ActionLinkProps {
  readonly text: string
  readonly href: string
  /** Said to those who listen, after the text: « la Fonction ». */
  readonly hiddenText?: string
  readonly kind?: ActionKind
  readonly size?: 'small' | 'wide'
}

export const actionLink: Component<[ActionLinkProps]> = {
  folder: 'action-link',
  macro: 'actionLink',
  examples: {
    'the main action of a page': [{ text: 'Publier une offre', href: '/offres/nouvelle' }],
    'another action': [{ text: 'Filtrer', href: '/offres', kind: 'secondary', size: 'wide' }],
    'the weight of a link': [
      { text: 'Petites annonces', href: '/petites-annonces', kind: 'quiet' },
    ],
    'with what only a listener needs': [
      { text: 'Modifier', hiddenText: 'l’offre Éducateur', href: '/offres/1', size: 'small' },
    ],
  },
}
