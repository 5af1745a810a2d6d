import type { Component } from '../../../component.ts'
import type { Action, Html } from '../../../page-props.ts'
import type { ActionKind } from '../action/examples.ts'

export interface EmptyStateProps {
  readonly heading: string
  readonly text?: Html
  readonly action?: Action
  readonly kind?: ActionKind
}

export const emptyState: Component<[EmptyStateProps]> = {
  folder: 'empty-state',
  macro: 'emptyState',
  examples: {
    'nothing yet, and what to do': [
      {
        heading: 'Aucune offre pour le moment',
        text: 'Les offres de votre organisme paraîtront ici.',
        action: { text: 'Publier une offre', href: '/offres/nouvelle' },
      },
    ],
    'nothing found': [{ heading: 'Aucune offre ne correspond' }],
  },
}
