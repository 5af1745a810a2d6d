import type { Needs } from '../services.ts'

export type OrganisationJournalNeeds = Needs<'config' | 'db' | 'engine'>
