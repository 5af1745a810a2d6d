export { type JournalEntry, record, recordEach, recordOfMany } from './record.ts'
export { listOwnEvents, type OwnEvent } from './store.ts'
