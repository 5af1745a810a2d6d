import type { Component } from '../../../component.ts'
import type { Action } from '../../../page-props.ts'

export type ActionKind = 'primary' | 'secondary' | 'quiet' | 'danger'

export const action: Component<[Action, ActionKind]> = {
  folder: 'action',
  macro: 'action',
  examples: {
    'a link': [{ text: 'Continuer avec Le Passage', href: '/changer' }, 'primary'],
    'a form': [
      {
        text: 'Envoyer la demande',
        post: { action: '/demandes', csrf: { name: 'csrf', value: 'a1b2c3' } },
      },
      'secondary',
    ],
  },
}
