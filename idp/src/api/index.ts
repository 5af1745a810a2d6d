export { teamRoutes as apiRoutes } from './team-routes.ts'
