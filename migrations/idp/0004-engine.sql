-- What the protocol engine keeps: sessions, interactions, codes, tokens, grants.
create table oidc_artefact (
  -- SHA-256 of kind and identifier: the identifiers are bearer secrets and are not kept.
  id bytea primary key,
  kind text not null,
  payload json not null,
  -- For a grant, its own identifier.
  grant_id text,
  -- Of a session, the name other artefacts know it by; of the others, that of their session.
  session_uid text,
  account_id uuid,
  consumed_at timestamptz,
  expires_at timestamptz not null
);

comment on table oidc_artefact is 'Sessions, interactions, codes, tokens and grants of the protocol engine';

create index oidc_artefact_of_grant on oidc_artefact (grant_id) where grant_id is not null;
create unique index oidc_artefact_grant on oidc_artefact (grant_id) where kind = 'Grant';
-- Not unique: a session that takes a new identifier replaces its row in one statement.
create index oidc_artefact_session on oidc_artefact (session_uid) where kind = 'Session';
create index oidc_artefact_sessions_of_account on oidc_artefact (account_id) where kind = 'Session';
create index oidc_artefact_expired on oidc_artefact (expires_at);

-- Two sites signing in at once both write the session they read: neither may forget the other’s part.
create function merge_sessions(kept json, given json) returns json
  language sql immutable parallel safe
  return case
    when kept -> 'authorizations' is null or given -> 'authorizations' is null then given
    else (
      given::jsonb || jsonb_build_object(
        'authorizations',
        (kept -> 'authorizations')::jsonb || (given -> 'authorizations')::jsonb
      )
    )::json
  end;

-- The choice « au nom de … » of a sign-in session, remembered for every site (7.4).
create table acting_context (
  session_uid text primary key,
  organisation_id uuid references organisation,
  expires_at timestamptz not null
);

comment on table acting_context is 'For whom a session acts by default; null is in one’s own name';

create table signing_key (
  kid text primary key,
  -- next: published, not used yet · current: signs · retired: published until what it signed expired.
  state text not null check (state in ('next', 'current', 'retired')),
  algorithm text not null,
  public_jwk jsonb not null,
  -- The private part, sealed with the key-encryption key of the environment.
  sealed_private_jwk text not null,
  created_at timestamptz not null default now(),
  retired_at timestamptz,
  constraint signing_key_retired_since check ((state = 'retired') = (retired_at is not null))
);

comment on table signing_key is 'Signing keys, private parts sealed';

create unique index signing_key_one_current on signing_key (algorithm) where state = 'current';
create unique index signing_key_one_next on signing_key (algorithm) where state = 'next';

create trigger signing_key_notifies after insert or update or delete on signing_key
  for each statement execute function notify_engine();
