import type { Log } from '@myanm/chassis'
import { type Db, transact } from '@myanm/database'
import type { Tables } from '../tables.ts'
import { type Sealed, wordsToSign } from './rules.ts'
import { chainLines, keepSignature, readSeal } from './seal-store.ts'
import type { SealingKey } from './sealing-key.ts'

/** Lines of one seal: what is found wrong is told to within as many, at worst. */
const MOST = 1000

/**
 * Seals the journal: whatever was committed since the last time is chained by the database and signed
 * here, in one transaction (ahead 13). Killed in the middle, nothing has happened. Every seal leaves a
 * line in the log, which is kept elsewhere: with it, whoever checks sees even an end that was cut off.
 */
export function journalSealer(needs: {
  readonly db: Db<Tables>
  readonly log: Log
  readonly key: SealingKey
}): () => Promise<number> {
  const { db, log, key } = needs
  let last: Sealed | undefined

  return async () => {
    if (last && (await wasCut(db, last))) {
      log.error({ seal: last.number, hash: last.hash }, 'the journal was cut off or rewritten')
    }
    let lines = 0
    for (;;) {
      const sealed = await transact(db, async (tx) => {
        const made = await chainLines(tx, MOST)
        if (made) {
          const signature = key.sign(wordsToSign(made))
          await keepSignature(tx, { number: made.number, key: key.id, signature })
        }
        return made
      })
      if (!sealed) return lines
      last = sealed
      lines += sealed.count
      log.info({ seal: sealed.number, hash: sealed.hash, count: sealed.count }, 'journal sealed')
      if (sealed.count < MOST) return lines
    }
  }
}

/** Whether the seal this process made last is another one now. Forgotten with age, it is not there. */
async function wasCut(db: Db<Tables>, last: Sealed): Promise<boolean> {
  const { hash, oldest } = await readSeal(db, last.number)
  if (hash !== null) return hash !== last.hash
  return oldest === null || BigInt(oldest) < BigInt(last.number)
}
