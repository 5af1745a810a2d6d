import type { Component } from '../../../component.ts'
import type { Post } from '../../../page-props.ts'

export interface Choice {
  readonly value: string
  readonly name: string
  /** The number of an organisation, or a word of explanation. */
  readonly detail?: string
  readonly role?: string
  readonly roleLabel?: string
  /** The choice that holds now, and a word that says so. */
  readonly current?: boolean
  readonly note?: string
}

export interface ChoiceListProps extends Post {
  /** Name of the field that carries the value. */
  readonly name: string
  readonly choices: readonly Choice[]
}

export const choiceList: Component<[ChoiceListProps]> = {
  folder: 'choice-list',
  macro: 'choiceList',
  examples: {
    'the organisation to act for': [
      {
        action: '/organisation',
        csrf: { name: 'csrf', value: 'a1b2c3' },
        fields: { retour: '/offres' },
        name: 'organisation',
        choices: [
          {
            value: '0566988259',
            name: 'Les Tilleuls ASBL',
            detail: '0566.988.259',
            role: 'GESTIONNAIRE',
            roleLabel: 'Gestionnaire',
            current: true,
            note: 'en cours',
          },
          {
            value: '0314595348',
            name: 'Le Passage ASBL',
            detail: '0314.595.348',
            role: 'LECTEUR',
            roleLabel: 'Lecteur',
          },
          { value: 'moi', name: 'En mon nom' },
        ],
      },
    ],
  },
}
