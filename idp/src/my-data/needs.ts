import type { JourneyNeeds } from '#journeys'
import type { VisitNeeds } from '#visits'
import type { Needs } from '../services.ts'

export type MyDataNeeds = VisitNeeds & JourneyNeeds & Needs<'secrets'>
