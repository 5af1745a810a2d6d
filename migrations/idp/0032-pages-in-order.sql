-- A page of a long list costs what it shows (yardsticks P5). A team is listed by role and name, a
-- person's organisations by theirs: names of other tables, so that everybody was put in order for each
-- page. The names to sort by stay beside the membership, in indexes in the order of the pages; how many
-- there are is counted when it changes, not when it is shown.

-- As much of a name as puts it in its place. The whole of it would not always fit into an index.
create function sort_name(name text) returns text
  language sql immutable parallel safe
  return left(coalesce(name, ''), 200);

-- What fires at any update fires from now on at those it is about: a new name to sort by changes no rights.
drop trigger membership_keeps_one_manager on membership;
drop trigger membership_manager_stays on membership;
drop trigger membership_bumps_rights on membership;
create constraint trigger membership_keeps_one_manager
  after insert or delete or update of organisation_id, role, state on membership
  deferrable initially deferred for each row execute function require_one_manager();
create constraint trigger membership_manager_stays
  after insert or update of account_id, role, state on membership
  deferrable initially deferred for each row
  when (new.state = 'active' and new.role = 'GESTIONNAIRE')
  execute function require_manager_who_stays();
create trigger membership_bumps_rights
  after insert or delete or update of account_id, organisation_id, role, state, until, ends_on
  on membership for each row execute function bump_rights_on_membership();

alter table membership
  -- Of an active membership only: nobody is listed once they have left, and nothing stays of their name.
  add column sort_family_name text collate "fr-x-icu" not null default '',
  add column sort_given_name text collate "fr-x-icu" not null default '',
  add column sort_organisation_name text collate "fr-x-icu" not null default '';

alter table organisation
  -- Active memberships.
  add column members integer not null default 0;

update membership m
  set sort_family_name = sort_name(a.family_name), sort_given_name = sort_name(a.given_name),
    sort_organisation_name = sort_name(o.name)
  from account a, organisation o
  where a.id = m.account_id and o.id = m.organisation_id and m.state = 'active';
update organisation o set members = of_it.members
  from (
    select organisation_id, count(*) as members from membership where state = 'active'
      group by organisation_id
  ) of_it
  where of_it.organisation_id = o.id;

-- In exactly the order of the pages; what they replace is their beginning.
create index membership_team on membership
  (organisation_id, role desc, sort_family_name, sort_given_name, id) where state = 'active';
create index membership_by_organisation_name on membership
  (account_id, sort_organisation_name, organisation_id, role) where state = 'active';
drop index membership_of_organisation;
drop index membership_of_account;

-- Both rows are locked, in the order in which every change of a membership locks them: who gives one of
-- them another name at the same moment comes before, and is read here, or after, and finds this row.
create function take_names_to_sort_by() returns trigger language plpgsql as $$
begin
  new.sort_family_name := '';
  new.sort_given_name := '';
  new.sort_organisation_name := '';
  if new.state = 'active' then
    new.sort_organisation_name := coalesce(
      (select sort_name(name) from organisation where id = new.organisation_id for no key update), '');
    select sort_name(family_name), sort_name(given_name)
      into new.sort_family_name, new.sort_given_name
      from account where id = new.account_id for no key update;
    -- Without such an account, it is the foreign key that says so.
    new.sort_family_name := sort_name(new.sort_family_name);
    new.sort_given_name := sort_name(new.sort_given_name);
  end if;
  return new;
end $$;

create trigger membership_takes_names_to_sort_by
  before insert or update of account_id, organisation_id, state on membership
  for each row execute function take_names_to_sort_by();

create function hand_on_person_name() returns trigger language plpgsql as $$
begin
  update membership
    set sort_family_name = sort_name(new.family_name), sort_given_name = sort_name(new.given_name)
    where account_id = new.id and state = 'active';
  return null;
end $$;

create trigger account_hands_on_name after update of family_name, given_name on account
  for each row when (
    (old.family_name, old.given_name) is distinct from (new.family_name, new.given_name)
  ) execute function hand_on_person_name();

create function hand_on_organisation_name() returns trigger language plpgsql as $$
begin
  update membership set sort_organisation_name = sort_name(new.name)
    where organisation_id = new.id and state = 'active';
  return null;
end $$;

create trigger organisation_hands_on_name after update of name on organisation
  for each row when (old.name is distinct from new.name)
  execute function hand_on_organisation_name();

-- Once for a statement, whatever the number of its rows: an import writes each organisation once.
create function count_members() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    update organisation o set members = o.members + changed.members
      from (
        select organisation_id, count(*) as members from arrived where state = 'active'
          group by organisation_id
      ) changed
      where o.id = changed.organisation_id;
  elsif tg_op = 'DELETE' then
    update organisation o set members = o.members - changed.members
      from (
        select organisation_id, count(*) as members from gone where state = 'active'
          group by organisation_id
      ) changed
      where o.id = changed.organisation_id;
  else
    update organisation o set members = o.members + changed.members
      from (
        select organisation_id, sum(members) as members
          from (
            select organisation_id, 1 as members from arrived where state = 'active'
            union all
            select organisation_id, -1 from gone where state = 'active'
          ) each_one
          group by organisation_id
          having sum(members) <> 0
      ) changed
      where o.id = changed.organisation_id;
  end if;
  return null;
end $$;

create trigger membership_counts_arrived after insert on membership
  referencing new table as arrived for each statement execute function count_members();
create trigger membership_counts_gone after delete on membership
  referencing old table as gone for each statement execute function count_members();
create trigger membership_counts_changed after update on membership
  referencing old table as gone new table as arrived for each statement
  execute function count_members();

-- What these keep is derived from other columns, and true whoever writes and however: also where the
-- triggers that decide are passed by, as a restore or a large import does.
alter table membership enable always trigger membership_takes_names_to_sort_by;
alter table account enable always trigger account_hands_on_name;
alter table organisation enable always trigger organisation_hands_on_name;
alter table membership enable always trigger membership_counts_arrived;
alter table membership enable always trigger membership_counts_gone;
alter table membership enable always trigger membership_counts_changed;
