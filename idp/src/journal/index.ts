export { type JournalEntry, record } from './record.ts'
