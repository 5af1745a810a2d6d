export { type Applied, appliedOf, type Changed, type SiteState } from './applied-store.ts'
export {
  countDeadLetters,
  countUntold,
  type DeadLetter,
  deliverAgain,
  deliverAllAgain,
  type FailingSite,
  findDeadLetter,
  listDeadLetters,
  listFailingSites,
  type Unheard,
} from './dead-letters-store.ts'
export { deliverSignals, type SignalDelivery } from './deliver-signals.ts'
export { followChange, lookAtChange, type Progress } from './follow-change.ts'
export {
  type Acknowledgement,
  countLatencies,
  type HearingSite,
  isSettled,
  type LatencyStep,
  listAcknowledgements,
  listHearingSites,
  listLatencies,
  tellEverySite,
} from './latency-store.ts'
