export { footerLinks } from './footer.ts'
export { helpRoutes } from './routes.ts'
