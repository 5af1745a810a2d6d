export { flyCanary } from './fly-canary.ts'
export { statusFooterLinks, statusRoutes } from './routes.ts'
