export { noteSignIn } from './note-sign-in.ts'
export { type Device, forgetDevices, listDevices } from './store.ts'
