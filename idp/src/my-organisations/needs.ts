import type { Needs } from '../services.ts'

export type MyOrganisationsNeeds = Needs<'config' | 'db' | 'engine'>
