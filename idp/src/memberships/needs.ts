import type { Needs } from '../services.ts'

export type MembershipNeeds = Needs<'config' | 'db' | 'engine'>
