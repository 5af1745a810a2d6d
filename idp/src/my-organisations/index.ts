export { myOrganisationsRoutes } from './routes.ts'
export { countOwnOrganisations, listOwnOrganisations } from './store.ts'
