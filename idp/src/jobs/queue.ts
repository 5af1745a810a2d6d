import type { Db, Tx } from '@myanm/database'
import { runMigrations } from 'graphile-worker'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'

/** The schema the queue keeps its jobs in. */
export const JOBS_SCHEMA = 'idp_jobs'

/** Work done after the commit, and what it needs to know: identifiers, no personal data. */
export interface Job {
  'backchannel-logout': { client: string; account: string; sid: string }
  'send-mail': { letter: string }
  'send-way-back': { account: string | null; client: string | null }
  'watch-letters': Record<string, never>
  'watch-transfers': Record<string, never>
  'tell-of-request': { request: string }
  'tell-team': { organisation: string; what: 'closed' | 'reopened'; after: string | null }
  'watch-requests': Record<string, never>
  'release-forgotten': Record<string, never>
  'sweep-expired': Record<string, never>
  'erase-due': Record<string, never>
  'end-due-roles': Record<string, never>
  'watch-reviews': Record<string, never>
  'forget-old': Record<string, never>
  'expire-invitations': Record<string, never>
  'seal-journal': { again?: true }
  'fly-canary': Record<string, never>
  'count-latencies': Record<string, never>
  'compare-with-register': Record<string, never>
}

/**
 * Queues work in the caller's transaction: it exists if and only if the change is committed.
 * Retried with growing pauses, up to `attempts` times, then kept where it can be seen.
 */
export async function enqueue<Name extends keyof Job>(
  db: Db<Tables> | Tx<Tables>,
  name: Name,
  payload: Job[Name],
  options: {
    readonly attempts?: number
    /** Of two jobs of one key that wait, the later takes the place of the earlier. */
    readonly key?: string
    /** Pause before it is done, in milliseconds. */
    readonly after?: number
  } = {},
): Promise<void> {
  await sql`select ${sql.id(JOBS_SCHEMA, 'add_job')}(
    identifier => ${name}::text,
    payload => ${JSON.stringify(payload)}::json,
    run_at => now() + ${options.after ?? 0} * interval '1 millisecond',
    max_attempts => ${options.attempts ?? 12}::int,
    job_key => ${options.key ?? null}::text
  )`.execute(db)
}

/** The same job once for each of many payloads, in one statement; each with a key of its own. */
export async function enqueueEach<Name extends keyof Job>(
  db: Db<Tables> | Tx<Tables>,
  name: Name,
  jobs: readonly { readonly payload: Job[Name]; readonly key: string }[],
): Promise<void> {
  if (jobs.length === 0) return
  await sql`select from ${sql.id(JOBS_SCHEMA, 'add_jobs')}(array(
    select row(${name}::text, job -> 'payload', null, now(), 12, job ->> 'key', 0, null)::${sql.id(JOBS_SCHEMA, 'job_spec')}
      from json_array_elements(${JSON.stringify(jobs)}::json) as job
  ))`.execute(db)
}

/** Brings the queue's own tables up to date. Needs the right to create its schema the first time. */
export async function installJobs(databaseUrl: URL): Promise<void> {
  await runMigrations({ connectionString: databaseUrl.href, schema: JOBS_SCHEMA, maxPoolSize: 1 })
}
