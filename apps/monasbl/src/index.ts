/** The door of MonASBL, for those who start or test it. */
export { monasbl } from './app.ts'
