export { compareWithRegister } from './compare-with-register.ts'
