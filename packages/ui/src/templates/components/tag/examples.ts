import type { Component } from '../../../component.ts'
import type { NoticeKind } from '../../../page-props.ts'

export interface TagProps {
  readonly text: string
  /** Absent: neutral. */
  readonly kind?: NoticeKind | 'accent' | 'neutral'
}

export const tag: Component<[TagProps]> = {
  folder: 'tag',
  macro: 'tag',
  examples: {
    neutral: [{ text: 'Brouillon' }],
    good: [{ text: 'Nouveau', kind: 'good' }],
    bad: [{ text: 'Refusée', kind: 'bad' }],
    waiting: [{ text: 'Invitation envoyée', kind: 'wait' }],
    'in the accent of the site': [{ text: 'en cours', kind: 'accent' }],
  },
}
