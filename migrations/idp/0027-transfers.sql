-- Handing an organisation over, and taking one over that nobody leads (specification 6.3, M64; ahead 4).

alter table manager_transfer
  -- Who ended it; null for what ended by itself: with time, or because a side is no longer what it was.
  add column settled_by uuid references account on delete set null,
  -- Whether those it concerns were told of an end nobody decided.
  add column told boolean not null default false;

create index manager_transfer_of_organisation on manager_transfer (organisation_id, id);
create index manager_transfer_untold on manager_transfer (settled_at)
  where state = 'cancelled' and settled_by is null and not told;

-- Either account: what somebody proposed whose account the team has suspended is nobody's word any more.
create or replace function cancel_transfers_of_account() returns trigger language plpgsql as $$
begin
  update manager_transfer t set state = 'cancelled', settled_at = now()
    from membership m
    where t.state = 'proposed' and m.account_id = new.id
      and m.id in (t.from_membership, t.to_membership);
  return null;
end $$;

-- A RESPONSABLE asks to lead an organisation that is vacant; the others may object, the team decides.
create table rescue (
  id uuid primary key default uuidv7(),
  organisation_id uuid not null references organisation,
  membership_id uuid not null,
  account_id uuid not null references account on delete cascade,
  reason text not null check (char_length(btrim(reason)) between 10 and 2000),
  state text not null default 'open' check (
    state in ('open', 'confirmed', 'refused', 'withdrawn', 'superseded')
  ),
  asked_at timestamptz not null default now(),
  objections_until timestamptz not null default now() + interval '5 days',
  settled_at timestamptz,
  -- Of the team, where it was refused.
  decided_by uuid references account on delete set null,
  foreign key (organisation_id, membership_id) references membership (organisation_id, id),
  constraint rescue_settled check ((state = 'open') = (settled_at is null)),
  constraint rescue_not_ones_own check (decided_by is null or decided_by <> account_id)
);

comment on table rescue is 'A RESPONSABLE asks to lead an organisation that has no GESTIONNAIRE';

create unique index rescue_one_open on rescue (organisation_id) where state = 'open';
create index rescue_of_account on rescue (account_id);
create index rescue_of_membership on rescue (membership_id);

create table rescue_objection (
  rescue_id uuid not null references rescue on delete cascade,
  account_id uuid not null references account on delete cascade,
  reason text not null check (char_length(btrim(reason)) between 10 and 2000),
  at timestamptz not null default now(),
  primary key (rescue_id, account_id)
);

comment on table rescue_objection is 'Another RESPONSABLE does not agree that this one takes over';

create index rescue_objection_of_account on rescue_objection (account_id);

create function check_rescue_asked() returns trigger language plpgsql as $$
begin
  if new.state = 'open' and not exists (
    select from membership m
      join account a on a.id = m.account_id
      join organisation o on o.id = m.organisation_id
      where m.id = new.membership_id and m.account_id = new.account_id
        and m.state = 'active' and m.role = 'RESPONSABLE' and a.state = 'active'
        and o.state = 'vacant'
  ) then
    raise exception 'a RESPONSABLE takes over what is vacant'
      using errcode = 'check_violation', constraint = 'rescue_by_responsable_of_vacant';
  end if;
  return new;
end $$;

create trigger rescue_as_drawn before insert on rescue
  for each row execute function check_rescue_asked();

-- It closes when it no longer has a meaning, whoever changed what and however.
create function supersede_rescues() returns trigger language plpgsql as $$
begin
  if tg_table_name = 'membership' then
    update rescue set state = 'superseded', settled_at = now()
      where membership_id = new.id and state = 'open'
        and (new.state <> 'active' or new.role <> 'RESPONSABLE');
  elsif tg_table_name = 'organisation' then
    update rescue set state = 'superseded', settled_at = now()
      where organisation_id = new.id and state = 'open';
  else
    update rescue set state = 'superseded', settled_at = now()
      where account_id = new.id and state = 'open';
  end if;
  return null;
end $$;

create trigger membership_supersedes_rescues after update of state, role on membership
  for each row execute function supersede_rescues();
create trigger organisation_supersedes_rescues after update of state on organisation
  for each row when (new.state <> 'vacant') execute function supersede_rescues();
create trigger account_supersedes_rescues after update of state on account
  for each row when (new.state <> 'active') execute function supersede_rescues();
