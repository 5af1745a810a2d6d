import { MY_SPACE_PATH, type SiteDefinition } from '@myanm/relying-party'
import { home } from '#home'
import { myRights } from '#my-rights'

/** Mon bilan en ligne: skills assessments of an académie, at a distance or not. */
export const bilan: SiteDefinition = {
  key: 'bilan',
  name: 'Mon bilan en ligne',
  sources: [new URL('.', import.meta.url)],
  navigation: [
    { key: 'bilan.navigation.home', href: '/' },
    { key: 'bilan.navigation.my-space', href: MY_SPACE_PATH },
  ],
  scopes: ['openid', 'profile', 'email', 'compte', 'organisation', 'bilan'],
  routes: (services) => [home(), myRights(services)],
}
