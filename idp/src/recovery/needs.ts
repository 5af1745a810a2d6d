import type { JourneyNeeds } from '#journeys'
import type { Needs } from '../services.ts'

export type RecoveryNeeds = JourneyNeeds & Needs<'pool' | 'passwords' | 'attempts' | 'secrets'>

/** What sending a way back takes: also what the job queue has. */
export type SendingNeeds = Needs<'config' | 'db' | 'pool'>
