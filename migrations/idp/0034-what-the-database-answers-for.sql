-- The invariants of teams hold against every program that writes as the service, also one that takes no
-- lock (specification 8.2, 1 to 4; 8.3).

-- Counted with the organisation held: one transaction opens it while another demotes who leads it, and
-- neither would see the other. Who comes second waits, and counts what the first has left.
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
    select state into state_ from organisation where id = organisation_id_ for share;
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

-- From who leads to a RESPONSABLE whose account is active, of an organisation that is active: each is held
-- until the commit, so that a demotion or a suspension in the same moment comes before, and is seen, or
-- after, and closes the proposal. What is settled stays settled; only what was accepted is undone.
create or replace function check_transfer_proposed() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    if (new.organisation_id, new.from_membership, new.to_membership)
      is distinct from (old.organisation_id, old.from_membership, old.to_membership)
      or (old.state <> new.state and old.state <> 'proposed'
        and (old.state, new.state) <> ('accepted', 'undone'))
    then
      raise exception 'a transfer is settled once, between the two it was proposed for'
        using errcode = 'check_violation', constraint = 'manager_transfer_settled_once';
    end if;
    return new;
  end if;
  if new.state <> 'proposed' then return new; end if;
  perform from organisation where id = new.organisation_id and state = 'active' for share;
  if found then
    perform from membership where id = new.from_membership and state = 'active'
      and role = 'GESTIONNAIRE' for share;
  end if;
  if found then
    perform from membership m join account a on a.id = m.account_id
      where m.id = new.to_membership and m.state = 'active' and m.role = 'RESPONSABLE'
        and a.state = 'active' for share;
  end if;
  if not found then
    raise exception 'a transfer goes from the GESTIONNAIRE to a RESPONSABLE'
      using errcode = 'check_violation', constraint = 'manager_transfer_from_manager_to_responsable';
  end if;
  return new;
end $$;

drop trigger manager_transfer_as_drawn on manager_transfer;
create trigger manager_transfer_as_drawn
  before insert or update of state, organisation_id, from_membership, to_membership on manager_transfer
  for each row execute function check_transfer_proposed();

-- No membership of the service's making begins, changes or ends without its line in the journal (X6): looked
-- for at the commit, among the lines of this very transaction. The service cannot date a line, so that
-- none of another transaction will do.
create function require_line_of_membership() returns trigger language plpgsql as $$
declare
  concerned record;
begin
  if current_user <> 'myanm_idp' then return null; end if;
  if tg_op = 'DELETE' then concerned := old; else concerned := new; end if;
  if not exists (
    select from journal
      where organisation_id = concerned.organisation_id and account_id = concerned.account_id
        and at = transaction_timestamp() and event <> 'context-chosen'
        and event in ('membership-added', 'role-changed', 'membership-removed', 'membership-left')
  ) then
    raise exception 'membership % changes without a line in the journal', concerned.id
      using errcode = 'check_violation', constraint = 'membership_has_its_line';
  end if;
  return null;
end $$;

create constraint trigger membership_has_its_line after insert or delete on membership
  deferrable initially deferred for each row execute function require_line_of_membership();
create constraint trigger membership_has_its_line_of_change after update on membership
  deferrable initially deferred for each row when (
    (old.role, old.state, old.account_id, old.organisation_id)
      is distinct from (new.role, new.state, new.account_id, new.organisation_id)
    and (old.state = 'active' or new.state = 'active')
  ) execute function require_line_of_membership();

-- What a trigger calls by its name is found in this schema, whatever the one who writes says of where to
-- look: a table of the same name elsewhere would be counted instead.
do $$
declare
  own record;
begin
  for own in
    select p.oid::regprocedure as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname = 'idp' and p.prorettype = 'trigger'::regtype
        and not coalesce(array_to_string(p.proconfig, ',') like '%search_path=%', false)
  loop
    execute format('alter function %s set search_path = idp, pg_temp', own.name);
  end loop;
end $$;
