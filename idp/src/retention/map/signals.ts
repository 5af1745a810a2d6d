import { days, type Entry, noneOf, notPersonal, personal } from '../rules.ts'

/** Of changes of rights, what sites are told of them, and whether they heard. */
export const signals = {
  signal: {
    section: 'sites',
    purpose: 'act-for',
    period: { kind: 'after', length: days(30), since: 'at' },
    person: { column: 'account_id' },
    // Told also of who has just been erased: that their sessions have ended.
    erasure: 'kept',
    order: 'at',
    columns: {
      id: personal('link', 'file'),
      position: notPersonal('machine'),
      account_id: personal('link', 'file'),
      organisation_id: personal('link', 'file'),
      kind: personal('technical', 'file'),
      rights_version: personal('technical', 'file'),
      at: personal('behaviour', 'file'),
      spread_at: notPersonal('machine'),
      spread_to: notPersonal('machine'),
    },
  },
  signal_delivery: {
    section: 'sites',
    purpose: 'act-for',
    period: { kind: 'after', length: days(30), since: 'queued_at' },
    person: { column: 'account_id' },
    erasure: 'kept',
    order: 'queued_at',
    columns: {
      id: personal('link', 'file'),
      signal_id: personal('link', 'file'),
      client_id: personal('link', 'page', { names: 'client' }),
      account_id: personal('link', 'file'),
      position: notPersonal('machine'),
      sid: personal('link', 'withheld'),
      rights_version: personal('technical', 'file'),
      state: personal('technical', 'page', { words: 'signal-state' }),
      tries: notPersonal('machine'),
      next_try_at: notPersonal('machine'),
      last_reason: notPersonal('machine'),
      queued_at: personal('behaviour', 'page'),
      settled_at: personal('behaviour', 'file'),
      is_broad: notPersonal('machine'),
    },
  },
} as const satisfies Record<string, Entry>

export const signalsOfTheHouse = {
  // How many changes each site acknowledged how fast, a day.
  site_latency: noneOf('house', 'client_id', 'day', 'within_ms', 'deliveries'),
  signal_stream: noneOf(
    'machine',
    'client_id',
    'lease',
    'leased_until',
    'holder',
    'failing_since',
    'tries',
    'next_try_at',
  ),
}
