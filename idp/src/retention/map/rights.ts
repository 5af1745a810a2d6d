import { type Entry, noneOf, personal, WITH_THE_ACCOUNT } from '../rules.ts'

/** For whom somebody acts, and what they let sites know. */
export const rights = {
  membership: {
    section: 'organisations',
    purpose: 'act-for',
    // What was decided for an organisation by somebody stays decided by somebody.
    period: WITH_THE_ACCOUNT,
    person: { column: 'account_id' },
    erasure: 'room',
    order: 'since',
    columns: {
      id: personal('link', 'file'),
      account_id: personal('link', 'file'),
      organisation_id: personal('link', 'page', { names: 'organisation' }),
      role: personal('choice', 'page', { words: 'role' }),
      state: personal('technical', 'page', { words: 'membership-state' }),
      since: personal('behaviour', 'page'),
      until: personal('behaviour', 'page'),
    },
  },
  app_role: {
    section: 'organisations',
    purpose: 'act-for',
    period: WITH_THE_ACCOUNT,
    person: { column: 'account_id' },
    erasure: 'row',
    columns: {
      account_id: personal('link', 'file'),
      client_id: personal('link', 'page', { names: 'client' }),
      role: personal('choice', 'page'),
    },
  },
  consent: {
    section: 'sharing',
    purpose: 'share',
    period: WITH_THE_ACCOUNT,
    person: { column: 'account_id' },
    erasure: 'row',
    order: 'granted_at',
    columns: {
      account_id: personal('link', 'file'),
      client_id: personal('link', 'page', { names: 'client' }),
      scopes: personal('choice', 'file'),
      granted_at: personal('choice', 'page', { purpose: 'prove' }),
      withdrawn_at: personal('choice', 'page', { purpose: 'prove' }),
    },
  },
} as const satisfies Record<string, Entry>

export const rightsOfTheHouse = {
  organisation: noneOf(
    'house',
    'id',
    'kind',
    'bce',
    'name',
    'legal_form',
    'nonprofit',
    'is_public',
    'state',
    'options',
    'created_at',
  ),
  client: noneOf(
    'house',
    'client_id',
    'name',
    'secret_hash',
    'sector',
    'first_party',
    'redirect_uris',
    'post_logout_redirect_uris',
    'backchannel_logout_uri',
    'home_uri',
    'scopes',
    'grant_types',
    'created_at',
  ),
  resource_server: noneOf('house', 'client_id', 'audience', 'scopes'),
  // What a site's developers did wrong; of the person who was stopped it says nothing.
  diagnosis: noneOf(
    'house',
    'id',
    'reference',
    'client_id',
    'cause',
    'words',
    'given',
    'expected',
    'at',
  ),
  // A digest of a number in an old application, of whose account nothing else is left.
  erased_origin: noneOf('machine', 'digest'),
  introspection_policy: noneOf('house', 'resource_server', 'token_client'),
}
