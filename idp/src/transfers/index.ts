export { accept, refuse } from './answer.ts'
export { cancel } from './cancel.ts'
export { propose } from './propose.ts'
export {
  askToTakeOver,
  declareVacant,
  giveRole,
  objectToRescue,
  refuseRescue,
  withdrawRescue,
} from './rescue.ts'
export {
  findRescue,
  listObjections,
  type Objection,
  type Rescue,
} from './rescue-store.ts'
export { transferRoutes } from './routes.ts'
export { findProposed, type Transfer } from './store.ts'
export { undo } from './undo.ts'
export { watchTransfers } from './watch.ts'
export { wishToLead } from './wish-to-lead.ts'
