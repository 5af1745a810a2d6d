import { type Entry, months, personal, WITH_THE_ACCOUNT } from '../rules.ts'

/** What the team of the ANM does, and for whom. Reasons are the team's own words: told in the file. */
export const team = {
  staff_member: {
    section: 'team',
    purpose: 'act-for',
    period: WITH_THE_ACCOUNT,
    person: { column: 'account_id' },
    erasure: 'row',
    columns: {
      account_id: personal('link', 'file'),
      rights: personal('choice', 'page'),
      // Somebody else of the team.
      invited_by: personal('link', 'withheld'),
      since: personal('behaviour', 'page'),
      until: personal('behaviour', 'page'),
    },
  },
  staff_correction: {
    section: 'team',
    purpose: 'trace',
    period: { kind: 'after', length: months(12), since: 'decided_at' },
    person: { column: 'account_id' },
    erasure: 'row',
    order: 'proposed_at',
    columns: {
      id: personal('link', 'file'),
      kind: personal('behaviour', 'page', { words: 'correction' }),
      account_id: personal('link', 'file'),
      email: personal('contact', 'page'),
      former_email: personal('contact', 'page'),
      reason: personal('message', 'page'),
      message_id: personal('link', 'file'),
      proposed_by: personal('link', 'withheld'),
      proposed_at: personal('behaviour', 'page'),
      state: personal('behaviour', 'page', { words: 'correction-state' }),
      decided_by: personal('link', 'withheld'),
      decided_at: personal('behaviour', 'page'),
    },
  },
  staff_task: {
    section: 'team',
    purpose: 'act-for',
    period: { kind: 'after', length: months(12), since: 'closed_at' },
    person: { column: 'account_id' },
    erasure: 'row',
    order: 'created_at',
    columns: {
      id: personal('link', 'file'),
      kind: personal('behaviour', 'page', { words: 'task' }),
      account_id: personal('link', 'file'),
      organisation_id: personal('link', 'page', { names: 'organisation' }),
      state: personal('technical', 'file'),
      created_at: personal('behaviour', 'page'),
      closed_at: personal('behaviour', 'file'),
    },
  },
} as const satisfies Record<string, Entry>
