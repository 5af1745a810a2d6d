export { myAccountRoutes } from './routes.ts'
