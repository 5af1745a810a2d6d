/** The door of Sweeli, for those who start or test it. */
export { sweeli } from './app.ts'
