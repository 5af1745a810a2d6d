export { readForTeam } from './read-for-team.ts'
export { organisationJournalRoutes } from './routes.ts'
