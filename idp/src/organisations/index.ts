export { type Canary, findCanary, findCanaryManager, foundCanary } from './canary-store.ts'
export {
  admitMany,
  carryMemberships,
  type Founding,
  foundOrganisations,
} from './carry-over-store.ts'
export { closeOrganisation, reopenOrganisation } from './closing-store.ts'
export {
  type Colleague,
  findColleagues,
  listColleagues,
  listEverMembers,
} from './colleagues-store.ts'
export { getIdentity, type Identity, saveIdentity, saveLegalForm } from './correction-store.ts'
export { type AtNumber, findAtNumber } from './find-at-number.ts'
export { registerOrganisation, renameOrganisation, setOption } from './founding-store.ts'
export {
  admit,
  changeRole,
  endMembership,
  findManager,
  findMembership,
  handOver,
  type LockedOrganisation,
  leaveVacant,
  lockOrganisation,
  type Membership,
} from './membership-store.ts'
export {
  type Move,
  mergeOrganisations,
  previewMerge,
  previewUndo,
  type UndoRefusal,
  undoMerge,
} from './merge.ts'
export {
  findMerge,
  findMergedInto,
  findUndoableOf,
  type Merge,
  type Moved,
} from './merge-store.ts'
export {
  type Choice,
  findOrganisation,
  listChoices,
  type Organisation,
} from './store.ts'
