import type { Needs } from '../services.ts'

export type InvitationNeeds = Needs<
  'config' | 'db' | 'pool' | 'statements' | 'engine' | 'secrets' | 'passwords'
>
