export {
  type MemberVisit,
  organisationPage,
  requireMember,
  requireRecentMember,
  roleTooLow,
} from './member-here.ts'
