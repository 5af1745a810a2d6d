import type { Component } from '../../../component.ts'

/** The role as its key, which gives the weight, and its label in the reader's language. */
export const roleTag: Component<[role: string, label: string]> = {
  folder: 'role-tag',
  macro: 'roleTag',
  examples: {
    'the lightest': ['LECTEUR', 'Lecteur'],
    'in the soft accent': ['COLLABORATEUR', 'Collaborateur'],
    'in the accent': ['RESPONSABLE', 'Responsable'],
    'the heaviest': ['GESTIONNAIRE', 'Gestionnaire'],
  },
}
