export { beginFirstSignIn } from './begin-first-sign-in.ts'
export { answerForgotten } from './send-way-back.ts'
