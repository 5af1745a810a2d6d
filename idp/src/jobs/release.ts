import type { Db } from '@myanm/database'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'
import { JOBS_SCHEMA } from './queue.ts'

/** Longer than any job of ours takes, in minutes. */
const LONGEST = 15

/**
 * Gives back the jobs of a process that was killed: the library itself waits four hours for it, and a
 * site would hear of a sign-out that much later. A job that merely takes long is done twice, which is
 * harmless by contract.
 */
export async function releaseForgotten(db: Db<Tables>): Promise<void> {
  const jobs = sql.id(JOBS_SCHEMA, '_private_jobs')
  await sql`select ${sql.id(JOBS_SCHEMA, 'force_unlock_workers')}(array(
    select distinct locked_by from ${jobs}
      where locked_at < now() - ${LONGEST} * interval '1 minute'
  ))`.execute(db)
}
