export { beginFirstSignIn } from './begin-first-sign-in.ts'
export { recoveryRoutes } from './routes.ts'
export { answerForgotten } from './send-way-back.ts'
