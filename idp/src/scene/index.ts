export { type SceneClient, type SceneOrganisation, type ScenePerson, seedScene } from './seed.ts'
