export { createMailer, type Mailer } from './mailer.ts'
export { post, type Wish } from './post.ts'
export type { LetterCode } from './rules.ts'
export { sendMail } from './send-mail.ts'
