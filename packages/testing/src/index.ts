export { arrange, arrangeState, query, type TestDatabase, withDatabase } from './database.ts'
export { freePort, newKeys, startTestIdp, type TestIdp } from './idp.ts'
export {
  CALLBACK,
  client,
  clientSecret,
  ONE_TIME_SECRET,
  organisations,
  PASSWORD,
  people,
} from './scene.ts'
export { storingServices } from './services.ts'
export {
  answerQuestions,
  beginFlow,
  discover,
  type Flow,
  newVisitor,
  redeem,
  signInAs,
  typeCredentials,
} from './sign-in.ts'
export { type Overheard, overhearStatements } from './statements.ts'
export { type Page, type Submission, Visitor } from './visitor.ts'
