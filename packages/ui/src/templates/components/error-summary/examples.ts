import type { Component } from '../../../component.ts'

export interface ErrorSummaryProps {
  readonly title: string
  readonly errors: readonly {
    readonly text: string
    /** The field it speaks of (`#email`). */
    readonly href?: string
  }[]
}

/** Pages include `partials/form-errors.njk`, which fills it from the form. */
export const errorSummary: Component<[ErrorSummaryProps]> = {
  folder: 'error-summary',
  macro: 'errorSummary',
  examples: {
    'mistakes of a form': [
      {
        title: 'Il y a 2 erreurs à corriger',
        errors: [
          { text: 'Fonction : ce champ est obligatoire.', href: '#title' },
          { text: 'Identifiant ou mot de passe incorrect.' },
        ],
      },
    ],
  },
}
