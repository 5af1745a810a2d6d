import type { Needs } from '../services.ts'

export type StaffNeeds = Needs<'config' | 'db' | 'engine' | 'secrets' | 'attempts'>
