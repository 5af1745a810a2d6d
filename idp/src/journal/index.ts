export { type JournalEntry, record } from './record.ts'
export { listOwnEvents, type OwnEvent } from './store.ts'
