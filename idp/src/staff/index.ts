export { type Invited, invite } from './appoint.ts'
export { staffRoutes } from './routes.ts'
export { isMember as isOfTheTeam } from './store.ts'
