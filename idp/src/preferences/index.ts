export { preferenceRoutes } from './routes.ts'
export { isStopLink } from './rules.ts'
export { listNewsletters, type Newsletter } from './store.ts'
export { wishForNewsletters } from './wish-for-newsletters.ts'
