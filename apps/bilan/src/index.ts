/** The door of Mon bilan en ligne, for those who start or test it. */
export { bilan } from './app.ts'
