export { installJobs } from '#jobs'
export { subjects } from '#oidc'
export { type Config, settings } from './config.ts'
export {
  type SceneClient,
  type SceneOrganisation,
  type ScenePerson,
  seedScene,
} from './scene/index.ts'
export { type RunningIdp, startIdp } from './start.ts'
