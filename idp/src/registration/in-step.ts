import { setTimeout as pause } from 'node:timers/promises'

/**
 * Milliseconds every answer about an address takes at least: more than the work does, so that nobody
 * reads off a clock whether it was much (an account is made) or little (there is one) (yardsticks F35).
 */
const STEP = 400

/** Does the work, and answers no sooner than a step after it began. */
export async function inStep<Value>(work: () => Promise<Value>): Promise<Value> {
  const began = performance.now()
  const value = await work()
  const left = STEP - (performance.now() - began)
  if (left > 0) await pause(left)
  return value
}
