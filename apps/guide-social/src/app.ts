import type { SiteDefinition } from '@myanm/relying-party'
import { help } from '#help'
import { jobOffers } from '#job-offers'
import { myOffers } from '#my-offers'
import { searching } from '#search'
import { mayHaveOffers } from './offered.ts'
import type { Tables } from './tables.ts'

/** Guide Social: the job offers of the psycho-medico-social sector. */
export const guideSocial: SiteDefinition<Tables> = {
  key: 'guide-social',
  name: 'Guide Social',
  sources: [new URL('.', import.meta.url)],
  navigation: [
    { key: 'guide-social.navigation.offers', href: '/emplois' },
    { key: 'guide-social.navigation.mine', href: '/mes-annonces', isFor: mayHaveOffers },
    { key: 'guide-social.navigation.help', href: '/aide/publier' },
  ],
  routes: (services) => [
    ...jobOffers(services),
    searching(services),
    myOffers(services),
    help(services),
  ],
}
