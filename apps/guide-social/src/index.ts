/** The door of Guide Social, for those who start it, fill it or test it. */
export { guideSocial } from './app.ts'
export { type AuthorKey, type OrganisationKey, seedJobOffers } from './scene/index.ts'
export type { Tables } from './tables.ts'
