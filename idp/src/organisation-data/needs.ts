import type { VisitNeeds } from '#visits'

export type OrganisationDataNeeds = VisitNeeds
