export { DEVELOPERS, diagnosisRoutes } from './routes.ts'
export { type Diagnosis, saveDiagnosis } from './store.ts'
