export { purgeRegistrations } from './purge.ts'
export { registrationRoutes } from './routes.ts'
