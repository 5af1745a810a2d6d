export {
  type AddressClaim,
  addProvenAddress,
  listOtherAddresses,
  listProvenAddresses,
  removeOtherAddress,
} from './addresses-store.ts'
export { changeAccountType, changeEmail, changeLogin, renameAccount } from './changes-store.ts'
export { createNobody } from './nobody-store.ts'
export { readPhone, showPhone } from './phone.ts'
export { changeProfile, getProfile, type Profile } from './profile-store.ts'
export { displayName } from './rules.ts'
export { type Standing, standingOf } from './standing.ts'
export {
  type Account,
  activate,
  createAccount,
  findAccount,
  findByIdentifier,
  lockAccount,
} from './store.ts'
export {
  type Claim,
  dropUnconfirmed,
  giveTo,
  giveUpLogin,
  lockUnconfirmed,
  type Person,
  saveProfile,
} from './unconfirmed-store.ts'
