export { ensureOwnClient } from './own-client.ts'
export { homeRoutes } from './routes.ts'
