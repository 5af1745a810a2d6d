import { days, type Entry, minutes, noneOf, personal, WITH_THE_ACCOUNT } from '../rules.ts'

/** What somebody signs in with, and where they are signed in. */
export const signingIn = {
  oidc_artefact: {
    section: 'sessions',
    purpose: 'stay-signed-in',
    period: { kind: 'expiry', atMost: days(31) },
    // What goes by key: sessions and grants. Codes and tokens hang on them and live for minutes.
    person: { column: 'account_id', only: { column: 'kind', in: ['Session', 'Grant'] } },
    erasure: 'room',
    order: 'expires_at',
    columns: {
      id: personal('credential', 'withheld'),
      kind: personal('technical', 'page', { words: 'artefact' }),
      payload: personal('behaviour', 'file'),
      grant_id: personal('link', 'file'),
      session_uid: personal('link', 'file'),
      account_id: personal('link', 'file'),
      consumed_at: personal('behaviour', 'file'),
      expires_at: personal('technical', 'page'),
    },
  },
  acting_context: {
    section: 'sessions',
    purpose: 'act-for',
    period: { kind: 'expiry', atMost: days(31) },
    person: { column: 'session_uid', of: 'oidc_artefact', key: 'session_uid' },
    erasure: 'room',
    columns: {
      session_uid: personal('link', 'file'),
      organisation_id: personal('choice', 'page', { names: 'organisation' }),
      expires_at: personal('technical', 'page'),
    },
  },
  device: {
    section: 'sessions',
    purpose: 'protect',
    // It goes with its session.
    period: { kind: 'expiry', atMost: days(31) },
    person: { column: 'account_id' },
    erasure: 'row',
    order: 'signed_in_at',
    columns: {
      session_uid: personal('link', 'file'),
      account_id: personal('link', 'file'),
      browser: personal('technical', 'page'),
      system: personal('technical', 'page'),
      address_range: personal('behaviour', 'page'),
      amr: personal('behaviour', 'file'),
      signed_in_at: personal('behaviour', 'page'),
    },
  },
  passkey: {
    section: 'sign-in',
    purpose: 'recognise',
    period: WITH_THE_ACCOUNT,
    person: { column: 'account_id' },
    erasure: 'row',
    order: 'created_at',
    columns: {
      id: personal('link', 'file'),
      account_id: personal('link', 'file'),
      credential_id: personal('credential', 'file'),
      public_key: personal('credential', 'file'),
      counter: personal('technical', 'file'),
      transports: personal('technical', 'file'),
      is_synced: personal('technical', 'file'),
      name: personal('choice', 'page'),
      created_at: personal('behaviour', 'page'),
      last_used_at: personal('behaviour', 'page'),
    },
  },
  one_time_password: {
    section: 'sign-in',
    purpose: 'recognise',
    period: WITH_THE_ACCOUNT,
    person: { column: 'account_id' },
    erasure: 'row',
    columns: {
      account_id: personal('link', 'file'),
      sealed_secret: personal('credential', 'withheld'),
      last_step: personal('technical', 'file'),
      created_at: personal('behaviour', 'page'),
      last_used_at: personal('behaviour', 'page'),
    },
  },
  recovery_code: {
    section: 'sign-in',
    purpose: 'recognise',
    period: WITH_THE_ACCOUNT,
    person: { column: 'account_id' },
    erasure: 'row',
    order: 'created_at',
    columns: {
      account_id: personal('link', 'file'),
      hash: personal('credential', 'withheld'),
      created_at: personal('behaviour', 'page'),
      used_at: personal('behaviour', 'page'),
    },
  },
  sign_in_failure: {
    section: 'sign-in',
    purpose: 'protect',
    period: WITH_THE_ACCOUNT,
    person: { column: 'account_id' },
    erasure: 'row',
    columns: {
      account_id: personal('link', 'file'),
      passwords: personal('behaviour', 'page'),
      second_factors: personal('behaviour', 'page'),
    },
  },
  // Of a challenge, not of somebody: random, and answered.
  spent_challenge: {
    section: 'sign-in',
    purpose: 'protect',
    period: { kind: 'expiry', atMost: minutes(10) },
    person: null,
    erasure: 'kept',
    columns: {
      challenge: personal('technical', 'withheld'),
      expires_at: personal('technical', 'withheld'),
    },
  },
  // Keys are HMACs of an account, of a typed name or of an address: counted, not known.
  attempt: {
    section: 'sign-in',
    purpose: 'protect',
    period: { kind: 'expiry', atMost: minutes(15) },
    person: null,
    erasure: 'kept',
    columns: {
      key: personal('behaviour', 'withheld'),
      points: personal('behaviour', 'withheld'),
      expire: personal('technical', 'withheld'),
    },
  },
} as const satisfies Record<string, Entry>

export const signingInOfTheHouse = {
  signing_key: noneOf(
    'house',
    'kid',
    'state',
    'algorithm',
    'public_jwk',
    'sealed_private_jwk',
    'created_at',
    'retired_at',
  ),
}
