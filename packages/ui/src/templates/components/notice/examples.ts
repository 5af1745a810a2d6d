import type { Component } from '../../../component.ts'
import type { Html, NoticeKind } from '../../../page-props.ts'

export interface NoticeProps {
  readonly kind: NoticeKind
  readonly heading?: string
  readonly text: Html
  /** `status` when it tells what just happened. */
  readonly role?: 'status'
}

export const notice: Component<[NoticeProps]> = {
  folder: 'notice',
  macro: 'notice',
  examples: {
    'what just happened': [{ kind: 'good', text: 'Votre offre est publiée.', role: 'status' }],
    'what went wrong, under a heading': [
      {
        kind: 'bad',
        heading: 'Connexion impossible',
        text: 'MyANM est momentanément indisponible.',
      },
    ],
    'what waits': [{ kind: 'wait', text: 'Une demande attend votre réponse.' }],
  },
}
