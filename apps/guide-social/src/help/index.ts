export { help } from './routes.ts'
