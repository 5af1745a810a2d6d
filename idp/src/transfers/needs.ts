import type { Needs } from '../services.ts'

export type TransferNeeds = Needs<'config' | 'db' | 'engine'>
