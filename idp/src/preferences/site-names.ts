/** Names of the sites as people know them, by the key of their look. */
export const SITE_NAMES: Readonly<Record<string, string>> = {
  myanm: 'MyANM',
  'guide-social': 'Guide Social',
  monasbl: 'MonASBL',
  sweeli: 'Sweeli',
  bilan: 'Mon bilan en ligne',
}
