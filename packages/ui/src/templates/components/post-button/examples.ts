import type { Component } from '../../../component.ts'
import type { Post } from '../../../page-props.ts'
import type { ActionKind } from '../action/examples.ts'

export interface PostButtonProps extends Post {
  readonly text: string
  readonly hiddenText?: string
  readonly kind?: ActionKind
  readonly size?: 'small' | 'wide'
}

const csrf = { name: 'csrf', value: 'a1b2c3' }

export const postButton: Component<[PostButtonProps]> = {
  folder: 'post-button',
  macro: 'postButton',
  examples: {
    'the main action': [{ action: '/demandes/1/approuver', text: 'Approuver', csrf }],
    'another action, small': [
      { action: '/demandes/1/refuser', text: 'Refuser', csrf, kind: 'secondary', size: 'small' },
    ],
    'what cannot be undone, with a field': [
      {
        action: '/offres/1/supprimer',
        text: 'Supprimer',
        hiddenText: 'l’offre Éducateur',
        csrf,
        kind: 'danger',
        fields: { version: '3' },
      },
    ],
  },
}
