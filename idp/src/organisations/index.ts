export { type Choice, listChoices, listColleagues } from './store.ts'
