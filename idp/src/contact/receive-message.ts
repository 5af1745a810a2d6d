import { randomBytes } from 'node:crypto'
import { createLimit } from '#credentials'
import { record } from '#journal'
import { post } from '#mail'
import { addressRange } from '#rules/credentials'
import type { Needs } from '../services.ts'
import { referenceFrom } from './rules.ts'
import { type Message, saveMessage } from './store.ts'

export type Received =
  | { readonly received: true; readonly reference: string }
  | { readonly received: false; readonly minutes: number }

/**
 * Keeps a message for the team and tells its sender that it arrived (ML33), at once or not at all. One
 * address writes ten in an hour: enough for an office, too little for a flood.
 */
export async function receiveMessage(
  needs: Needs<'config' | 'db' | 'pool'>,
  { message, address }: { readonly message: Message; readonly address: string },
): Promise<Received> {
  const { db, pool, config } = needs
  const limit = createLimit(
    { pool, key: config.COOKIE_KEY },
    { name: 'message', times: 10, seconds: 3600 },
  )
  const verdict = await limit.take(addressRange(address))
  if (!verdict.allowed) return { received: false, minutes: verdict.minutes }

  return db.transaction().execute(async (tx) => {
    for (;;) {
      const reference = referenceFrom(randomBytes(5))
      const id = await saveMessage(tx, { ...message, reference })
      if (id === null) continue
      await post(tx, { code: 'message-received', message: id, details: { reference } })
      await record(tx, {
        event: 'message-received',
        account: message.account ?? undefined,
        details: { kind: message.kind, reference },
      })
      return { received: true, reference }
    }
  })
}
