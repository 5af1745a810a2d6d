import type { Component } from '../../../component.ts'
import type { Action, Html } from '../../../page-props.ts'
import type { ActionKind } from '../action/examples.ts'

export interface CardProps {
  readonly heading: string
  /** Level of the heading; 2 unless told. */
  readonly level?: 2 | 3 | 4
  readonly text?: Html
  readonly action?: Action
  readonly kind?: ActionKind
}

/** With `{% call %}`, what it encloses follows the text. */
export const card: Component<[CardProps]> = {
  folder: 'card',
  macro: 'card',
  examples: {
    'a word': [{ heading: 'Vos données', text: 'Elles restent chez vous.', level: 3 }],
    'a way forward': [
      {
        heading: 'Agir pour un autre organisme',
        text: 'Vous êtes responsable de Le Passage ASBL.',
        action: { text: 'Continuer avec Le Passage', href: '/changer' },
      },
    ],
    'a way forward that writes': [
      {
        heading: 'Demander le rôle de collaborateur',
        text: 'Anne Dupont, gestionnaire, reçoit votre demande.',
        action: {
          text: 'Envoyer la demande',
          post: { action: '/demandes', csrf: { name: 'csrf', value: 'a1b2c3' } },
        },
        kind: 'secondary',
      },
    ],
  },
}
