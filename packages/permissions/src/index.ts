export {
  ACTION_KEYS,
  ACTIONS,
  type Action,
  type ActionKey,
  type Cell,
  type Column,
  type Extent,
  type Gesture,
  leastRoleFor,
} from './actions.ts'
export {
  type ActingOrganisation,
  type Actor,
  kindOf,
  type Person,
  type Staff,
  VISITOR,
  type Visitor,
} from './actor.ts'
export type { ActionOnOneThing } from './bounds.ts'
export { actorFromClaims } from './claims.ts'
export { allowedActions, decide, outlook } from './decide.ts'
export type { Allowed, Because, Decision, Needs, Refused } from './decision.ts'
export { atLeast, compareRoles, isRole, ROLES, type Role } from './ladder.ts'
export { isAssociation, isPublicForm } from './legal-forms.ts'
export { type OrganisationKind, type Profile, SERVICES, type Service } from './services.ts'
export type { Target } from './target.ts'
