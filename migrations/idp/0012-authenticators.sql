-- What proves who a person is, beside the password (issue « stronger sign-in », yardsticks 5).
create table passkey (
  id uuid primary key default uuidv7(),
  account_id uuid not null references account on delete cascade,
  -- What the authenticator calls it; of one account, for ever.
  credential_id bytea not null unique,
  public_key bytea not null,
  -- Grows with each use on authenticators that count; a lower one is a copy's.
  counter bigint not null default 0 check (counter >= 0),
  transports text[] not null default '{}',
  -- Copied to the person's other devices by whoever keeps it, or bound to one.
  is_synced boolean not null,
  name text not null check (char_length(name) between 1 and 60),
  created_at timestamptz not null default now(),
  last_used_at timestamptz
);

comment on table passkey is 'Passkeys of a person: public keys, no secret';

create index passkey_of_account on passkey (account_id);

-- The codes of an application on the person's phone (RFC 6238).
create table one_time_password (
  account_id uuid primary key references account on delete cascade,
  -- Sealed with the key-encryption key of the environment.
  sealed_secret text not null,
  -- The last step of thirty seconds whose code was used: it, and those before it, are spent.
  last_step bigint not null,
  created_at timestamptz not null default now(),
  last_used_at timestamptz
);

comment on table one_time_password is 'The shared secret of a person’s code application, sealed';

create table recovery_code (
  account_id uuid not null references account on delete cascade,
  -- HMAC-SHA-256 of the code, with a key outside the database: a copy of this table guesses nothing.
  hash bytea not null,
  created_at timestamptz not null default now(),
  used_at timestamptz,
  primary key (account_id, hash)
);

comment on table recovery_code is 'Codes on paper for who has lost the rest, each good for once';

-- Challenges are sealed, not kept; those that were answered are, until they would expire anyway.
create table spent_challenge (
  challenge bytea primary key,
  expires_at timestamptz not null
);

comment on table spent_challenge is 'Passkey challenges that were answered: a second answer is a replay';

create index spent_challenge_expired on spent_challenge (expires_at);

-- Failures in a row since the last success, however slowly they come (NIST SP 800-63B-4 §3.2.2).
create table sign_in_failure (
  account_id uuid primary key references account on delete cascade,
  passwords integer not null default 0,
  second_factors integer not null default 0
);

comment on table sign_in_failure is 'Failed tries in a row of one account; a success or a reset clears them';
