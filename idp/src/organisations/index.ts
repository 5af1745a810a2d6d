export { type Choice, listChoices } from './store.ts'
export { teamRoutes } from './team-routes.ts'
