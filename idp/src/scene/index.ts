export type { SceneClient, SceneOrganisation, ScenePerson } from './cast.ts'
export { REGISTER_EXTRACT, REGISTER_UPDATE, seedRegister } from './register.ts'
export { seedScene } from './seed.ts'
