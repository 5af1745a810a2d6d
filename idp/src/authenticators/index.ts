export { giveApplication, proposeApplication, sameProposal } from './application.ts'
export {
  addApplication,
  addPasskey,
  dropAllFactors,
  dropApplication,
  dropPasskey,
  renewRecoveryCodes,
} from './change.ts'
export { askForPasskey, askToMakePasskey, type Place } from './passkeys.ts'
export { proposeRecoveryCodes } from './recovery-codes.ts'
export { chosenWay, type Factor, hasAny, type SecondFactors, waysOf } from './rules.ts'
export { type PasskeyOutcome, signInWithPasskey } from './sign-in-with-passkey.ts'
export { hasSecondFactor, renamePasskey, secondFactorsOf } from './store.ts'
export { type FactorOutcome, trySecondFactor } from './try-second-factor.ts'
