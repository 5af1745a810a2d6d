-- What every site keeps about who is signed in. Applied to each site's own schema, before its own
-- tables. Identifiers are SHA-256 of what the browser or MyANM holds: a copy of these tables signs
-- nobody in. Names, addresses and tokens are sealed with a key the database does not have (X2).

create table session (
  -- SHA-256 of the cookie's value.
  id bytea primary key check (octet_length(id) = 32),
  sub text not null,
  -- MyANM's name for the sign-in, for back-channel logout.
  sid text,
  -- When MyANM vouched for the person, in MyANM's own time.
  vouched_at timestamptz not null,
  sealed_claims bytea not null,
  sealed_tokens bytea not null,
  access_expires_at timestamptz not null,
  -- When the claims were last read from MyANM.
  checked_at timestamptz not null,
  -- An organisation the person no longer belongs to, until they have been told (E41).
  left_organisation text,
  -- Who is talking to MyANM for this session, and until when at most: refresh tokens serve once.
  lease uuid,
  leased_until timestamptz,
  -- Slides with use, never beyond the end.
  expires_at timestamptz not null,
  ends_at timestamptz not null,
  constraint session_expires_before_its_end check (expires_at <= ends_at),
  constraint session_lease_has_an_end check ((lease is null) = (leased_until is null))
);

comment on table session is 'Somebody signed in on this site';

create index session_of_sign_in on session (sid) where sid is not null;
create index session_of_person on session (sub);
create index session_expired on session (expires_at);

create table pending_sign_in (
  -- SHA-256 of the state parameter.
  id bytea primary key check (octet_length(id) = 32),
  -- SHA-256 of the cookie of the browser that asked: an answer brought by another one is refused.
  browser bytea not null check (octet_length(browser) = 32),
  -- Nonce and code verifier; gone once used.
  sealed_proof bytea,
  return_to text not null,
  expires_at timestamptz not null
);

comment on table pending_sign_in is 'A browser on its way to MyANM and back';

create index pending_sign_in_expired on pending_sign_in (expires_at);

create table logout_token (
  -- SHA-256 of its jti.
  id bytea primary key check (octet_length(id) = 32),
  sid text,
  sub text,
  issued_at timestamptz not null,
  expires_at timestamptz not null,
  constraint logout_token_names_somebody check (sid is not null or sub is not null)
);

comment on table logout_token is 'Sign-outs MyANM told us of: a sign-in that arrives late finds its end here';

create index logout_token_expired on logout_token (expires_at);
