export { type Applied, appliedOf, type SiteState } from './applied-store.ts'
export {
  type DeadLetter,
  deliverAgain,
  type FailingSite,
  listDeadLetters,
  listFailingSites,
} from './dead-letters-store.ts'
export { deliverSignals, type SignalDelivery } from './deliver-signals.ts'
