-- What somebody filled in to register, until the mailbox is proven (docs/decisions/0015). It waits
-- beside the account: several may wait for one address, and whoever reads its mail decides which one
-- becomes the account. One for an address that has an account already waits too, and opens nothing.
create table registration (
  id uuid primary key default gen_random_uuid(),
  -- Whose address it is: made by this registration, by an earlier one, or somebody's for long.
  account_id uuid not null references account on delete cascade,
  -- The account says for the time being what this one says: of those that wait for one that was made by
  -- registering, the latest does.
  fills_account boolean not null,
  -- The journey it belongs to, and comes back to; not a secret, its cookie is.
  journey text not null,
  -- The site to go back to (M50).
  client_id text references client on delete set null,
  -- As it was typed: another spelling may be another mailbox.
  email text not null,
  password_hash text not null,
  -- The rest of the form, as the account and its profile will have it.
  person jsonb not null,
  -- What they ticked: asked for once the mailbox is proven, and confirmed once more (ML28).
  newsletters text[] not null default '{}',
  terms_version text not null,
  terms_accepted_at timestamptz not null,
  -- Its latest mail, and when that was asked for: not more than once a minute (M48).
  letter_id uuid references letter on delete set null,
  asked_at timestamptz,
  registered_at timestamptz not null default now()
);

comment on table registration is 'Registrations whose mailbox is not proven; deleted when it is, or after 30 days';

create index registration_of_account on registration (account_id);
create unique index registration_fills on registration (account_id) where fills_account;
create index registration_by_age on registration (registered_at);
