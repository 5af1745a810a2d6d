-- Company numbers (BCE): 10 digits, first 0 or 1, check digits modulo 97 (specification R14, 4.5).
create function is_bce_number(number text) returns boolean
  language sql immutable strict parallel safe
  return number ~ '^[01][0-9]{9}$'
    and number !~ '^[01]0{7}'
    and 97 - (substr(number, 1, 8)::int % 97) = substr(number, 9, 2)::int;

create table organisation (
  id uuid primary key default uuidv7(),
  -- « organisme » of the ANM sites, or « academie » of Mon bilan en ligne (9.1).
  kind text not null check (kind in ('organisme', 'academie')),
  bce char(10) unique check (is_bce_number(bce)),
  name text not null check (name <> ''),
  legal_form text,
  nonprofit boolean,
  is_public boolean not null default false,
  state text not null default 'active' check (state in ('active', 'vacant', 'closed')),
  -- What its GESTIONNAIRE widened, such as collaborateur_edits_colleagues_ads (5.3, note 1).
  options text[] not null default '{}',
  created_at timestamptz not null default now(),
  constraint organisation_has_number check (
    kind <> 'organisme' or (bce is not null and nonprofit is not null)
  )
);

comment on table organisation is 'A moral entity people act for, identified by its company number';

-- The order of the values is the order of the ladder.
create type organisation_role as enum ('LECTEUR', 'COLLABORATEUR', 'RESPONSABLE', 'GESTIONNAIRE');

create table membership (
  id uuid primary key default uuidv7(),
  account_id uuid not null references account,
  organisation_id uuid not null references organisation,
  role organisation_role not null,
  state text not null default 'active' check (state in ('active', 'removed', 'left')),
  since timestamptz not null default now(),
  until timestamptz,
  constraint membership_until_matches_state check ((state = 'active') = (until is null)),
  unique (organisation_id, id)
);

comment on table membership is 'A person in an organisation, with exactly one role';

-- 8.2, invariant 2.
create unique index membership_one_active on membership (account_id, organisation_id)
  where state = 'active';
-- 8.2, invariant 1, first half: at most one. A unique index cannot wait for the commit: demote, then
-- promote.
create unique index membership_one_manager on membership (organisation_id)
  where state = 'active' and role = 'GESTIONNAIRE';
create index membership_of_account on membership (account_id) where state = 'active';

-- 8.2, invariant 1, second half: at least one, looked at when the transaction commits.
create function require_one_manager() returns trigger language plpgsql as $$
declare
  concerned uuid[];
  organisation_id_ uuid;
  managers int;
begin
  if tg_table_name = 'organisation' then concerned := array[new.id];
  elsif tg_op = 'DELETE' then concerned := array[old.organisation_id];
  elsif tg_op = 'INSERT' then concerned := array[new.organisation_id];
  else concerned := array[old.organisation_id, new.organisation_id];
  end if;
  foreach organisation_id_ in array concerned loop
    if exists (select from organisation where id = organisation_id_ and state = 'active') then
      select count(*) into managers from membership
        where organisation_id = organisation_id_ and state = 'active' and role = 'GESTIONNAIRE';
      if managers <> 1 then
        raise exception 'organisation % has % managers', organisation_id_, managers
          using errcode = 'check_violation', constraint = 'exactly_one_manager';
      end if;
    end if;
  end loop;
  return null;
end $$;

create constraint trigger membership_keeps_one_manager
  after insert or update or delete on membership
  deferrable initially deferred for each row execute function require_one_manager();
create constraint trigger organisation_keeps_one_manager
  after insert or update of state on organisation
  deferrable initially deferred for each row execute function require_one_manager();

-- A role or a membership that changes is a change of what the person may do.
create function bump_rights_on_membership() returns trigger language plpgsql as $$
begin
  update account set rights_version = rights_version + 1
    where id = coalesce(new.account_id, old.account_id);
  return null;
end $$;

create trigger membership_bumps_rights after insert or update or delete on membership
  for each row execute function bump_rights_on_membership();
