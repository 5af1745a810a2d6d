-- What the forms of a person add (specification 4.2.1, 4.2.2, 4.2.5), the one spelling of a login and
-- an e-mail, and the moves an account may make (6.1).

-- Trimmed, composed, lower case in every script: a variant is not a second account (yardsticks F27).
create function identifier_key(typed text) returns text
  language sql immutable strict parallel safe
  return nullif(lower(normalize(btrim(typed), nfkc) collate pg_unicode_fast), '');

drop index account_login_key;
drop index account_email_key;
create unique index account_login_key on account (identifier_key(login)) where login is not null;
create unique index account_email_key on account (identifier_key(email)) where email is not null;

-- Whatever one may type to sign in, and whose it is: a login is never somebody else's e-mail.
create table account_identifier (
  key text primary key,
  account_id uuid not null references account on delete cascade,
  -- An older login that still leads to the account (M24); the others follow the account's columns.
  is_alias boolean not null default false
);

comment on table account_identifier is 'Logins and e-mail addresses in their one spelling, each of one account';

create index account_identifier_of on account_identifier (account_id);

insert into account_identifier (key, account_id)
  select distinct identifier_key(typed), id
    from account cross join lateral (values (login), (email)) as known (typed)
    where identifier_key(typed) is not null;

create function keep_identifiers() returns trigger language plpgsql as $$
declare
  keys text[] := array_remove(array[identifier_key(new.login), identifier_key(new.email)], null);
begin
  delete from account_identifier
    where account_id = new.id and not is_alias and key <> all (keys);
  -- Another account's key is a unique violation; one's own is already there.
  insert into account_identifier (key, account_id)
    select distinct key, new.id from unnest(keys) as key
      where not exists (
        select from account_identifier known where known.key = key.key and known.account_id = new.id
      );
  return null;
end $$;

create trigger account_keeps_identifiers after insert or update of login, email on account
  for each row execute function keep_identifiers();

alter table account
  -- The site where the person registered, and goes back to (M50).
  add column registered_at_client text references client on delete set null,
  add column deletion_requested_at timestamptz,
  add constraint account_deletion_has_date check (
    (state = 'deletion_requested') = (deletion_requested_at is not null)
  );

-- The drawing is in idp/src/accounts/rules.ts; the two are held to each other by a test.
create table account_move (
  "from" account_state not null,
  "to" account_state not null,
  primary key ("from", "to")
);

comment on table account_move is 'The moves an account may make; every other is refused';

insert into account_move ("from", "to") values
  ('unconfirmed', 'active'),
  ('invited', 'active'),
  ('legacy', 'active'),
  ('active', 'suspended'),
  ('suspended', 'active'),
  ('active', 'deletion_requested'),
  ('deletion_requested', 'active'),
  ('deletion_requested', 'deleted');

create function check_account_move() returns trigger language plpgsql as $$
begin
  if not exists (select from account_move where "from" = old.state and "to" = new.state) then
    raise exception 'an account does not go from % to %', old.state, new.state
      using errcode = 'check_violation', constraint = 'account_moves_as_drawn';
  end if;
  return new;
end $$;

create trigger account_moves_as_drawn before update of state on account
  for each row when (old.state is distinct from new.state)
  execute function check_account_move();

revoke insert, update, delete, truncate on account_move from myanm_idp;

create table profile (
  account_id uuid primary key references account on delete cascade,
  civility text check (civility in ('madame', 'monsieur')),
  phone text,
  street text,
  postcode text,
  locality text,
  -- Of a self-employed person (4.2.2).
  profession text,
  bce char(10) check (is_bce_number(bce)),
  vat_status text check (vat_status in ('assujetti', 'franchise', 'exempte', 'non-assujetti')),
  terms_version text,
  terms_accepted_at timestamptz,
  -- Two tabs that save at once: the second is told (E40).
  version integer not null default 1
);

comment on table profile is 'What a person told about themselves beyond their name; shown to nobody else';
