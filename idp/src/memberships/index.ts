export { changeMemberRole } from './change-role.ts'
export type { Decider, Decision } from './decide-on-member.ts'
export { endDueRoles } from './end-due-roles.ts'
export { leaveOrganisation } from './leave-organisation.ts'
export {
  type MemberVisit,
  organisationPage,
  requireMember,
  requireRecentMember,
  roleTooLow,
} from './member-here.ts'
export { removeMember } from './remove-member.ts'
export { membershipRoutes } from './routes.ts'
export { type Contact, countTeam, findContact, listEnding } from './store.ts'
export { findWaiting, type Waiting } from './waiting-store.ts'
export { watchReviews } from './watch-reviews.ts'
