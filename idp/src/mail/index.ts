export { createMailer, type Mailer } from './mailer.ts'
export { sendMail } from './send-mail.ts'
