-- Asking to join (specification M47, 4.2.4, 6.2; decision 0027).

-- Whoever asks names a number of the register, or a name. An organisation that has no account here is
-- asked as one that has: the request waits, under its number, and nothing tells the two apart.
alter table join_request
  alter column organisation_id drop not null,
  add column bce text check (is_bce_number(bce)),
  -- What the organisation was called when it was asked for.
  add column asked_name text check (char_length(asked_name) <= 400),
  -- When the one who decides was first told.
  add column told_at timestamptz;

alter table join_request
  add constraint join_request_asks_somebody check (
    organisation_id is not null or asked_name is not null
  ),
  add constraint join_request_of_nobody_is_not_decided check (
    organisation_id is not null or state in ('pending', 'withdrawn', 'expired')
  ),
  add constraint join_request_escalates_in_steps check (reminders between 0 and 4);

create unique index join_request_one_waiting on join_request (bce, account_id)
  where state = 'pending' and organisation_id is null and bce is not null;
create index join_request_waiting on join_request (bce)
  where state = 'pending' and organisation_id is null;

-- The organisation registers: what waited for it under its number is asked of it from now on.
create function address_waiting_requests() returns trigger language plpgsql as $$
begin
  update join_request set organisation_id = new.id, expires_at = now() + interval '30 days'
    where bce = new.bce and organisation_id is null and state = 'pending';
  return null;
end $$;

create trigger organisation_is_asked_what_waited after insert or update of bce on organisation
  for each row when (new.bce is not null) execute function address_waiting_requests();

-- One spelling of a name: small letters, no accents, no signs, without the form that is left out in speech.
create function organisation_name_key(name text) returns text
  language sql immutable strict parallel safe
  return btrim(regexp_replace(
    regexp_replace(
      regexp_replace(normalize(lower(name), NFD), '[\u0300-\u036f.]', '', 'g'),
      '[^[:alnum:]]+', ' ', 'g'
    ),
    '\m(asbl|vzw|aisbl|ivzw|scrl|srl|sa|fondation)\M', '', 'g'
  ));

create unique index join_request_one_named
  on join_request (account_id, organisation_name_key(asked_name))
  where state = 'pending' and organisation_id is null and bce is null;

create index organisation_by_name_key on organisation (organisation_name_key(name));

-- Whom somebody last acted for, so that a choice among two thousand begins with the few that are used.
create table organisation_choice (
  account_id uuid not null references account on delete cascade,
  organisation_id uuid not null references organisation on delete cascade,
  chosen_at timestamptz not null default now(),
  primary key (account_id, organisation_id)
);

comment on table organisation_choice is 'When a person last chose to act for an organisation';

create index organisation_choice_latest on organisation_choice (account_id, chosen_at desc);
