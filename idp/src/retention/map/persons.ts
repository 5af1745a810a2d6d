import { type Entry, noneOf, personal, UNCONFIRMED, WITH_THE_ACCOUNT } from '../rules.ts'

/** What makes an account somebody's, and what they told of themselves. */
export const persons = {
  account: {
    section: 'account',
    purpose: 'account',
    period: WITH_THE_ACCOUNT,
    person: { column: 'id' },
    erasure: 'columns',
    columns: {
      // The pseudonymous identifier: never given to somebody else (8.2, invariant 15).
      id: personal('link', 'file', { erased: 'kept' }),
      given_name: personal('identity', 'page', { purpose: 'name' }),
      family_name: personal('identity', 'page', { purpose: 'name' }),
      login: personal('identity', 'page', { purpose: 'recognise' }),
      email: personal('contact', 'page', { purpose: 'reach' }),
      email_confirmed_at: personal('behaviour', 'page', { purpose: 'reach' }),
      password_hash: personal('credential', 'withheld', { purpose: 'recognise' }),
      must_change_password: personal('technical', 'file', { erased: { to: false } }),
      account_type: personal('choice', 'page', {
        purpose: 'services',
        words: 'account-type',
        erased: { to: 'particulier' },
      }),
      language: personal('choice', 'page', {
        purpose: 'reach',
        words: 'language',
        erased: { to: 'fr' },
      }),
      state: personal('technical', 'page', { words: 'account-state', erased: { to: 'deleted' } }),
      rights_version: personal('technical', 'file', { purpose: 'act-for', erased: 'kept' }),
      registered_at_client: personal('behaviour', 'page', { names: 'client' }),
      created_at: personal('behaviour', 'page', { erased: 'kept' }),
      deletion_requested_at: personal('behaviour', 'file'),
      deleted_at: personal('behaviour', 'file', { erased: 'kept' }),
    },
  },
  account_identifier: {
    section: 'account',
    purpose: 'recognise',
    period: WITH_THE_ACCOUNT,
    person: { column: 'account_id' },
    erasure: 'row',
    columns: {
      key: personal('identity', 'page'),
      account_id: personal('link', 'file'),
      is_alias: personal('technical', 'file'),
      proven_at: personal('behaviour', 'file'),
    },
  },
  registration: {
    section: 'account',
    purpose: 'account',
    period: { kind: 'after', length: UNCONFIRMED, since: 'registered_at' },
    person: { column: 'account_id' },
    erasure: 'row',
    order: 'registered_at',
    columns: {
      id: personal('link', 'file'),
      account_id: personal('link', 'file'),
      fills_account: personal('technical', 'file'),
      journey: personal('link', 'withheld'),
      client_id: personal('behaviour', 'page', { names: 'client' }),
      email: personal('contact', 'page', { purpose: 'reach' }),
      password_hash: personal('credential', 'withheld'),
      // Whoever typed this address may be somebody else, who mistook a letter: not told.
      person: personal('identity', 'withheld'),
      newsletters: personal('choice', 'withheld'),
      terms_version: personal('choice', 'file'),
      terms_accepted_at: personal('choice', 'file'),
      letter_id: personal('link', 'file'),
      asked_at: personal('behaviour', 'file'),
      registered_at: personal('behaviour', 'page'),
    },
  },
  profile: {
    section: 'profile',
    purpose: 'services',
    period: WITH_THE_ACCOUNT,
    person: { column: 'account_id' },
    erasure: 'row',
    columns: {
      account_id: personal('link', 'file'),
      civility: personal('identity', 'page', { purpose: 'name', words: 'civility' }),
      phone: personal('contact', 'page', { purpose: 'reach' }),
      street: personal('contact', 'page', { purpose: 'reach' }),
      postcode: personal('contact', 'page'),
      locality: personal('contact', 'page'),
      profession: personal('identity', 'page'),
      bce: personal('identity', 'page'),
      vat_status: personal('identity', 'page', { words: 'vat-status' }),
      terms_version: personal('choice', 'page', { purpose: 'prove' }),
      terms_accepted_at: personal('choice', 'page', { purpose: 'prove' }),
      version: personal('technical', 'file'),
    },
  },
} as const satisfies Record<string, Entry>

export const personsOfTheHouse = {
  account_move: noneOf('house', 'from', 'to'),
}
