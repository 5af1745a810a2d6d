export { type Attempts, createAttempts } from './attempts.ts'
export { createPasswords, type Passwords } from './passwords.ts'
export { replacePassword } from './replace-password.ts'
export { type SignInOutcome, signIn } from './sign-in.ts'
