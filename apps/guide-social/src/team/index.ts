export { type Member, type Team, teamOf } from './team.ts'
