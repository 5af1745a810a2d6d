export type { SceneClient, SceneOrganisation, ScenePerson } from './cast.ts'
export { seedScene } from './seed.ts'
