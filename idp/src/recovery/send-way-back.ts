import type { Tx } from '@myanm/database'
import { findAccount } from '#accounts'
import { record } from '#journal'
import { post } from '#mail'
import { openProof } from '#proofs'
import type { Tables } from '../tables.ts'
import { type RecoveryLimits, recoveryLimits } from './limits.ts'
import type { SendingNeeds } from './needs.ts'
import { wayBackFor } from './rules.ts'

/**
 * Queues the mail that leads an account back in: at most one a minute and five an hour, whoever asks
 * and from wherever. The link and the mail are one transaction.
 *
 * @returns whether a mail leaves. Nobody who is not known to own the account may see that.
 */
export async function sendWayBack(
  needs: Pick<SendingNeeds, 'db'> & { readonly limits: RecoveryLimits },
  asked: { readonly account: string; readonly client: string | null },
): Promise<boolean> {
  const { everyMinute, everyHour } = needs.limits
  for (const limit of [everyMinute, everyHour]) {
    if (!(await limit.take(asked.account)).allowed) return false
  }
  try {
    const isSent = await needs.db.transaction().execute((tx) => queueMail(tx, asked))
    if (!isSent) await everyHour.giveBack(asked.account)
    return isSent
  } catch (error) {
    // Tried again by the queue: what did not happen is not counted.
    await Promise.all([everyMinute, everyHour].map((limit) => limit.giveBack(asked.account)))
    throw error
  }
}

async function queueMail(
  tx: Tx<Tables>,
  { account: id, client }: { readonly account: string; readonly client: string | null },
): Promise<boolean> {
  const account = await findAccount(tx, id)
  const purpose = account && wayBackFor(account)
  if (!purpose) return false
  const { opened, proof } = await openProof(tx, {
    account: id,
    purpose,
    client: client ?? undefined,
    now: new Date(),
  })
  if (!opened) return false
  await post(tx, { code: purpose, account: id, proof })
  await record(tx, { event: 'reset-asked', account: id, client: client ?? undefined })
  return true
}

/**
 * The queue's part of « mot de passe oublié »: the same job is queued whoever was asked for, known or
 * not, so that the answer to the request takes the same work (yardsticks F35).
 */
export async function answerForgotten(
  needs: SendingNeeds,
  job: { readonly account: string | null; readonly client: string | null },
): Promise<void> {
  const { account, client } = job
  if (account === null) return
  await sendWayBack({ db: needs.db, limits: recoveryLimits(needs) }, { account, client })
}
