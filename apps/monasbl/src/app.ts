import { MY_SPACE_PATH, type SiteDefinition } from '@myanm/relying-party'
import { home } from '#home'
import { myRights } from '#my-rights'

/** MonASBL: what it takes to run an association well. */
export const monasbl: SiteDefinition = {
  key: 'monasbl',
  name: 'MonASBL',
  sources: [new URL('.', import.meta.url)],
  navigation: [
    { key: 'monasbl.navigation.home', href: '/' },
    { key: 'monasbl.navigation.my-space', href: MY_SPACE_PATH },
  ],
  routes: (services) => [home(), myRights(services)],
}
