import { MY_SPACE_PATH, type SiteDefinition } from '@myanm/relying-party'
import { home } from '#home'
import { myRights } from '#my-rights'

/** Sweeli: people who help and care, each on a page they keep themselves. */
export const sweeli: SiteDefinition = {
  key: 'sweeli',
  name: 'Sweeli',
  sources: [new URL('.', import.meta.url)],
  navigation: [
    { key: 'sweeli.navigation.home', href: '/' },
    { key: 'sweeli.navigation.my-space', href: MY_SPACE_PATH },
  ],
  routes: (services) => [home(), myRights(services)],
}
