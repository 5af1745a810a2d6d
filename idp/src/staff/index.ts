export { type Invited, invite } from './appoint.ts'
export { tellTeam } from './close-and-reopen.ts'
export { staffRoutes } from './routes.ts'
export { isMember as isOfTheTeam } from './store.ts'
