export { type JournalEntry, record, recordOfMany } from './record.ts'
export { listOwnEvents, type OwnEvent } from './store.ts'
