export { myOffers } from './routes.ts'
