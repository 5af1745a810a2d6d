-- One row per person (specification 8.1 « comptes », state machine 6.1).
create type account_state as enum (
  'unconfirmed',        -- non_confirme
  'legacy',             -- ancien: carried over, no password yet
  'invited',            -- invite
  'active',             -- actif
  'suspended',          -- suspendu
  'deletion_requested', -- suppression_demandee
  'deleted'             -- supprime
);

create table account (
  id uuid primary key default uuidv7(),
  account_type text not null check (account_type in ('particulier', 'independant', 'organisme')),
  state account_state not null,
  login text,
  email text,
  email_confirmed_at timestamptz,
  password_hash text,
  must_change_password boolean not null default false,
  given_name text,
  family_name text,
  language text not null default 'fr' check (language in ('fr', 'nl', 'de', 'en')),
  -- Grows with every change of what this person may do: role, membership, suspension (7.3).
  rights_version integer not null default 1,
  created_at timestamptz not null default now(),
  deleted_at timestamptz,
  -- 8.2, invariant 7.
  constraint account_active_is_complete check (
    state <> 'active'
    or (email is not null and email_confirmed_at is not null and password_hash is not null)
  ),
  constraint account_legacy_has_no_password check (state <> 'legacy' or password_hash is null),
  constraint account_deleted_is_empty check (
    state <> 'deleted'
    or (
      login is null and email is null and password_hash is null
      and given_name is null and family_name is null and deleted_at is not null
    )
  )
);

comment on table account is 'A person: never shared, identified by login or e-mail whatever the case';

create unique index account_login_key on account (lower(login)) where login is not null;
create unique index account_email_key on account (lower(email)) where email is not null;

-- A change of state changes what the person may do.
create function bump_rights_on_account() returns trigger language plpgsql as $$
begin
  if new.state is distinct from old.state or new.account_type is distinct from old.account_type then
    new.rights_version := old.rights_version + 1;
  end if;
  return new;
end $$;

create trigger account_bumps_rights before update on account
  for each row execute function bump_rights_on_account();
