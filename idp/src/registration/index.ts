export { goToWaiting, waitingHashOf } from './go-to-waiting.ts'
export { purgeRegistrations } from './purge.ts'
export { registrationRoutes } from './routes.ts'
