-- What the team of the ANM does about an organisation (specification M64, P24, P32; ahead 4).

-- Proposed by one, decided by another: who leads, and whether it is open, is never one person's word.
create table organisation_measure (
  id uuid primary key default uuidv7(),
  kind text not null check (kind in ('vacant', 'appoint', 'rescue', 'close', 'reopen')),
  organisation_id uuid not null references organisation,
  -- Who will lead it.
  account_id uuid references account on delete cascade,
  rescue_id uuid references rescue on delete set null,
  -- The document that was seen: its kind and number, never a copy.
  proof text check (char_length(btrim(proof)) between 3 and 500),
  reason text not null check (char_length(btrim(reason)) between 10 and 2000),
  proposed_by uuid not null references account,
  proposed_at timestamptz not null default now(),
  state text not null default 'proposed' check (
    state in ('proposed', 'accepted', 'refused', 'withdrawn')
  ),
  decided_by uuid references account,
  decided_at timestamptz,
  constraint organisation_measure_names_somebody check (
    (kind in ('appoint', 'rescue')) = (account_id is not null)
  ),
  constraint organisation_measure_on_proof check ((kind = 'appoint') = (proof is not null)),
  constraint organisation_measure_of_rescue check (rescue_id is null or kind = 'rescue'),
  constraint organisation_measure_four_eyes check (
    (state in ('accepted', 'refused')) = (decided_by is not null) and decided_by <> proposed_by
  ),
  constraint organisation_measure_settled check ((state = 'proposed') = (decided_at is null)),
  constraint organisation_measure_not_ones_own check (
    account_id is null
    or (proposed_by <> account_id and (decided_by is null or decided_by <> account_id))
  )
);

comment on table organisation_measure is 'What one of the team proposes about an organisation, and another decides';

create unique index organisation_measure_one_open on organisation_measure (organisation_id)
  where state = 'proposed';
create index organisation_measure_of_account on organisation_measure (account_id)
  where account_id is not null;
create index organisation_measure_of_organisation on organisation_measure (organisation_id, id);

-- Decided once, and what was decided stays.
create function refuse_second_measure() returns trigger language plpgsql as $$
begin
  if old.state <> 'proposed' then
    raise exception 'a measure is decided once'
      using errcode = 'check_violation', constraint = 'organisation_measure_decided_once';
  end if;
  if (new.kind, new.organisation_id, new.account_id, new.proof, new.proposed_by)
    is distinct from (old.kind, old.organisation_id, old.account_id, old.proof, old.proposed_by) then
    raise exception 'a measure is not rewritten'
      using errcode = 'check_violation', constraint = 'organisation_measure_not_rewritten';
  end if;
  return new;
end $$;

create trigger organisation_measure_decided_once
  before update of state, kind, organisation_id, account_id, proof, proposed_by
  on organisation_measure for each row execute function refuse_second_measure();

-- What one of the team did alone, and why: somebody taken out of a team, a take-over refused.
create table organisation_action (
  id uuid primary key default uuidv7(),
  action text not null check (action in ('remove-member', 'refuse-rescue')),
  organisation_id uuid not null references organisation,
  account_id uuid not null references account on delete cascade,
  staff_id uuid references account on delete set null,
  reason text not null check (char_length(btrim(reason)) between 10 and 2000),
  at timestamptz not null default now(),
  constraint organisation_action_not_on_oneself check (staff_id <> account_id)
);

comment on table organisation_action is 'What one of the team did in an organisation alone, and why';

create index organisation_action_of_organisation on organisation_action (organisation_id, id);
create index organisation_action_of_account on organisation_action (account_id);

-- The GESTIONNAIRE asks for the account of their organisation to be closed (P32).
alter table staff_task drop constraint staff_task_kind_check;
alter table staff_task add constraint staff_task_kind_check
  check (kind in ('appoint-manager', 'close-organisation'));
alter table staff_task add column reason text check (char_length(reason) <= 2000);

-- A task is over once somebody else leads, or once the organisation is closed, however that came.
create function close_tasks_of_organisation() returns trigger language plpgsql as $$
begin
  if tg_table_name = 'membership' then
    update staff_task set state = 'closed', closed_at = now()
      where organisation_id = new.organisation_id and state = 'open' and account_id <> new.account_id;
  else
    update staff_task set state = 'closed', closed_at = now()
      where organisation_id = new.id and state = 'open';
  end if;
  return null;
end $$;

create trigger membership_closes_tasks after insert or update of role, state on membership
  for each row when (new.state = 'active' and new.role = 'GESTIONNAIRE')
  execute function close_tasks_of_organisation();
create trigger organisation_closes_tasks after update of state on organisation
  for each row when (new.state <> 'active') execute function close_tasks_of_organisation();

-- Who leads an organisation that is closed leads nobody: E16 does not hold them.
create or replace function require_manager_who_stays() returns trigger language plpgsql as $$
declare
  account_id_ uuid;
begin
  -- Each branch names the columns of its own table only.
  if tg_table_name = 'account' then account_id_ := new.id;
  else account_id_ := new.account_id;
  end if;
  if exists (
    select from membership m
      join account a on a.id = m.account_id
      join organisation o on o.id = m.organisation_id
      where m.account_id = account_id_ and m.state = 'active' and m.role = 'GESTIONNAIRE'
        and a.state in ('deletion_requested', 'deleted') and o.state <> 'closed'
  ) then
    raise exception 'account % leads an organisation', account_id_
      using errcode = 'check_violation', constraint = 'manager_stays';
  end if;
  return null;
end $$;

-- Nobody leads what is vacant (8.2, invariant 1): who begins to lead it makes it active in the same
-- transaction.
create or replace function require_one_manager() returns trigger language plpgsql as $$
declare
  concerned uuid[];
  organisation_id_ uuid;
  state_ text;
  managers int;
begin
  if tg_table_name = 'organisation' then concerned := array[new.id];
  elsif tg_op = 'DELETE' then concerned := array[old.organisation_id];
  elsif tg_op = 'INSERT' then concerned := array[new.organisation_id];
  else concerned := array[old.organisation_id, new.organisation_id];
  end if;
  foreach organisation_id_ in array concerned loop
    select state into state_ from organisation where id = organisation_id_;
    if state_ in ('active', 'vacant') then
      select count(*) into managers from membership
        where organisation_id = organisation_id_ and state = 'active' and role = 'GESTIONNAIRE';
      if managers <> (state_ = 'active')::int then
        raise exception '% organisation % has % managers', state_, organisation_id_, managers
          using errcode = 'check_violation', constraint = 'exactly_one_manager';
      end if;
    end if;
  end loop;
  return null;
end $$;

-- Found by any word of its name, or its acronym, from the first letters on.
create index organisation_words on organisation using gin (
  to_tsvector('simple'::regconfig, identifier_key(name || ' ' || coalesce(acronym, '')))
);
create index organisation_vacant on organisation (id) where state = 'vacant';
