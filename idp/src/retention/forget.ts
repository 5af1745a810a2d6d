import type { Log } from '@myanm/chassis'
import type { Db } from '@myanm/database'
import type { Tables } from '../tables.ts'
import { purgeUnconfirmed } from './erase.ts'
import { HELD, QUEUED } from './map/index.ts'
import type { Entry } from './rules.ts'
import { deleteOld, forgetOldJobs, forgetOldJournal } from './store.ts'

/**
 * Deletes what has been kept long enough, table by table, as the map says. May run again at any time,
 * and while another runs. Each run says what it did: how many rows of which table.
 */
export async function forgetOld(needs: {
  readonly db: Db<Tables>
  readonly log: Log
}): Promise<Readonly<Record<string, number>>> {
  const { db, log } = needs
  const counts: Record<string, number> = { account: await purgeUnconfirmed(needs) }
  for (const [table, entry] of Object.entries(HELD as Readonly<Record<string, Entry>>)) {
    const { period } = entry
    if (period.kind !== 'after') continue
    const { since, length, when } = period
    counts[table] =
      table === 'journal'
        ? await forgetOldJournal(db)
        : await deleteOld(db, { table, since, length, when })
  }
  const queued = QUEUED['_private_jobs']?.period
  if (queued?.kind === 'after') counts['_private_jobs'] = await forgetOldJobs(db, queued.length)
  log.info({ counts }, 'kept long enough, forgotten')
  return counts
}
