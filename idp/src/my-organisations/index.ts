export { myOrganisationsRoutes } from './routes.ts'
