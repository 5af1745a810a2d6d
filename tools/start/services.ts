/** The processes of the scene, in the order people meet them. */
export const services = [
  { key: 'myanm', name: 'MyANM', folder: 'idp', port: 3000, variable: 'MYANM_PORT' },
  {
    key: 'guide-social',
    name: 'Guide Social',
    folder: 'apps/guide-social',
    port: 3001,
    variable: 'GUIDE_SOCIAL_PORT',
  },
  { key: 'monasbl', name: 'MonASBL', folder: 'apps/monasbl', port: 3002, variable: 'MONASBL_PORT' },
  { key: 'sweeli', name: 'Sweeli', folder: 'apps/sweeli', port: 3003, variable: 'SWEELI_PORT' },
  {
    key: 'bilan',
    name: 'Mon bilan en ligne',
    folder: 'apps/bilan',
    port: 3004,
    variable: 'BILAN_PORT',
  },
  {
    key: 'mailbox',
    name: 'Boîte aux lettres',
    folder: 'packages/mailbox',
    port: 3005,
    variable: 'MAILBOX_PORT',
  },
] as const

export type Service = (typeof services)[number]
export type ServiceKey = Service['key']
export type SiteKey = Exclude<ServiceKey, 'myanm' | 'mailbox'>

export const siteKeys: readonly SiteKey[] = ['guide-social', 'monasbl', 'sweeli', 'bilan']
