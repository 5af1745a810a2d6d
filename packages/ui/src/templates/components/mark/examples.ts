import type { Component } from '../../../component.ts'
import type { SiteKey } from '../../../page-props.ts'

export const mark: Component<[site: SiteKey]> = {
  folder: 'mark',
  macro: 'mark',
  examples: {
    'the roof of MyANM': ['myanm'],
    'the G of Guide Social': ['guide-social'],
    'the two persons of MonASBL': ['monasbl'],
    'the S of Sweeli': ['sweeli'],
    'the steps of Mon bilan en ligne': ['bilan'],
    'the envelope of the local mailbox': ['mailbox'],
  },
}
