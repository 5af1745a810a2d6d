export { compareWithRegister } from './compare-with-register.ts'
export { registrationForm } from './forms.ts'
export { foundOrganisation } from './found-organisation.ts'
export { mistakesWithPhone, phoneIn } from './phone-in.ts'
