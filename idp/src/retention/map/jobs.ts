import { days, type Entry, noneOf, notPersonal, personal } from '../rules.ts'

/** The queue of work: identifiers only, no names. */
export const jobs = {
  _private_jobs: {
    section: 'sessions',
    purpose: 'work',
    // A job that is done is gone; one that was given up stays where it can be seen, for a while.
    period: { kind: 'after', length: days(30), since: 'updated_at' },
    person: { column: 'payload', json: 'account' },
    erasure: 'room',
    order: 'id',
    columns: {
      id: notPersonal('machine'),
      job_queue_id: notPersonal('machine'),
      task_id: notPersonal('machine'),
      payload: personal('link', 'file'),
      priority: notPersonal('machine'),
      run_at: notPersonal('machine'),
      attempts: notPersonal('machine'),
      max_attempts: notPersonal('machine'),
      last_error: notPersonal('machine'),
      created_at: personal('behaviour', 'file'),
      updated_at: notPersonal('machine'),
      key: notPersonal('machine'),
      locked_at: notPersonal('machine'),
      locked_by: notPersonal('machine'),
      revision: notPersonal('machine'),
      flags: notPersonal('machine'),
      is_available: notPersonal('machine'),
    },
  },
} as const satisfies Record<string, Entry>

export const jobsOfTheHouse = {
  _private_job_queues: noneOf(
    'machine',
    'id',
    'queue_name',
    'locked_at',
    'locked_by',
    'is_available',
  ),
  _private_known_crontabs: noneOf('machine', 'identifier', 'known_since', 'last_execution'),
  _private_tasks: noneOf('machine', 'id', 'identifier'),
  migrations: noneOf('machine', 'id', 'ts', 'breaking'),
}
