export { type JournalEntry, record, recordEach, recordingSql, recordOfMany } from './record.ts'
export { journalSealer } from './seal.ts'
export { sealingKey } from './sealing-key.ts'
export { listOwnEvents, type OwnEvent } from './store.ts'
