export { goToWaiting, waitingHashOf } from './go-to-waiting.ts'
export { registrationRoutes } from './routes.ts'
