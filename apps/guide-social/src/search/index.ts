export { searching } from './routes.ts'
