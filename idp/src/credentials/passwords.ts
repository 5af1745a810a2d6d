import { randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { frameProblem } from '@myanm/chassis'
import argon2 from 'argon2'
import pLimit from 'p-limit'
import { normalisePassword } from './rules.ts'

/** OWASP ASVS 11.4.2, appendix C: argon2id, t=2 with m of at least 19 MiB, p=1. */
const PARAMETERS = {
  type: argon2.argon2id,
  memoryCost: 19_456,
  timeCost: 2,
  parallelism: 1,
} as const

/**
 * How many may wait for their turn. Hashing is the most expensive thing a stranger can ask for: past
 * this, the answer is « try again », not a queue of minutes.
 */
const WAITING_LIMIT = 128

export interface Passwords {
  hash(password: string): Promise<string>
  /** With no hash to compare to, does the same work and says no: nobody learns who has an account. */
  verify(hash: string | null, password: string): Promise<boolean>
  needsRehash(hash: string): boolean
}

/** @throws Problem `too-many-requests` when too many are waiting */
export async function createPasswords(): Promise<Passwords> {
  const turns = pLimit(availableParallelism())
  const inTurn = <Value>(work: () => Promise<Value>): Promise<Value> => {
    if (turns.pendingCount >= WAITING_LIMIT) {
      throw frameProblem('too-many-requests', { headers: { 'retry-after': '10' } })
    }
    return turns(work)
  }
  const hash = (password: string) =>
    inTurn(() => argon2.hash(normalisePassword(password), PARAMETERS))
  const nobodys = await hash(randomBytes(32).toString('base64url'))

  return {
    hash,
    verify: async (known, password) => {
      const matches = await inTurn(() =>
        argon2.verify(known ?? nobodys, normalisePassword(password)),
      )
      return known !== null && matches
    },
    needsRehash: (known) => argon2.needsRehash(known, PARAMETERS),
  }
}
