import type { Needs } from '../services.ts'

export type AuthenticatorNeeds = Needs<'config' | 'db'>
export type FactorNeeds = Needs<'config' | 'db' | 'attempts'>
