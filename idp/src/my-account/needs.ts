import type { Needs } from '../services.ts'

export type MyAccountNeeds = Needs<
  'config' | 'db' | 'pool' | 'statements' | 'engine' | 'passwords' | 'secrets'
>
