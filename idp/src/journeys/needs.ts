import type { Needs } from '../services.ts'

export type JourneyNeeds = Needs<'config' | 'db' | 'statements' | 'engine'>
