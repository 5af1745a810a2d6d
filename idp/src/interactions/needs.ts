import type { Engine } from '#oidc'
import type { Needs } from '../services.ts'

export type InteractionNeeds = Needs<'config' | 'db' | 'statements' | 'passwords' | 'attempts'> & {
  readonly engine: Engine
}
