import type { VisitNeeds } from '#visits'

export type JoinRequestNeeds = VisitNeeds
