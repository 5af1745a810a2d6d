import type { VisitNeeds } from '#visits'
import type { Needs } from '../services.ts'

export type SecurityNeeds = VisitNeeds & Needs<'statements'>
