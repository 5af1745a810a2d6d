export { organisationJournalRoutes } from './routes.ts'
