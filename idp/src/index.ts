export { installJobs } from '#jobs'
export { subjects } from '#oidc'
export { type Config, settings } from './config.ts'
export {
  REGISTER_EXTRACT,
  REGISTER_UPDATE,
  type SceneClient,
  type SceneOrganisation,
  type ScenePerson,
  seedRegister,
  seedScene,
} from './scene/index.ts'
export { type RunningIdp, startIdp } from './start.ts'
