export {
  checkSenderDomain,
  domainOf,
  type Finding,
  type SenderDomain,
} from './check-sender-domain.ts'
export { createMailer, type Mailer } from './mailer.ts'
export { post, postEach, type Wish } from './post.ts'
export { type ReportDoor, receiveReports } from './receive-reports.ts'
export { type ReturnPaths, returnPaths } from './return-paths.ts'
export type { LetterCode } from './rules.ts'
export { sendMail } from './send-mail.ts'
export { STOP_PATH, type StopLinks, stopLinks } from './stop-links.ts'
export { type SentAgain, sendAgain } from './undelivered.ts'
export {
  countUndelivered,
  type LetterRow,
  lettersOf,
  listUndelivered,
  type UndeliveredLetter,
} from './undelivered-store.ts'
export { watchLetters } from './watch-letters.ts'
