import type { JourneyNeeds } from '#journeys'
import type { Needs } from '../services.ts'

export type InteractionNeeds = JourneyNeeds & Needs<'pool' | 'passwords' | 'attempts'>
