-- Establishment units of organisations, as the register has them and as an organisation uses them
-- (specification R14, R15, 4.2.6; ahead 5), and a legal form that changes (M39, 4.5).

create function is_unit_number(number text) returns boolean
  language sql immutable strict parallel safe
  return number ~ '^[2-8][0-9]{9}$'
    and 97 - (substr(number, 1, 8)::int % 97) = substr(number, 9, 2)::int;

create table register_unit (
  number char(10) primary key check (is_unit_number(number)),
  enterprise char(10) not null check (is_bce_number(enterprise)),
  since date,
  -- Language → text; the address as a seat in register_enterprise.
  names jsonb not null default '{}',
  address jsonb,
  -- The day of the extract that did not have it any more.
  ended_on date
);

comment on table register_unit is 'Establishment units of legal persons, from the open data of the Banque-Carrefour';

create index register_unit_of on register_unit (enterprise, number);

-- Where a natural person works is where that person is: it is not copied, as their name is not.
create function refuse_units_of_persons() returns trigger language plpgsql
  set search_path = idp, pg_temp as $$
begin
  if exists (
    select from written join register_enterprise e on e.number = written.enterprise
      where e.type <> 'legal'
  ) then
    raise exception 'an establishment unit of a natural person'
      using errcode = 'check_violation', constraint = 'register_names_no_person';
  end if;
  return null;
end $$;

create trigger register_unit_is_no_person_when_inserted after insert on register_unit
  referencing new table as written for each statement execute function refuse_units_of_persons();
create trigger register_unit_is_no_person_when_updated after update on register_unit
  referencing new table as written for each statement execute function refuse_units_of_persons();

create unlogged table register_staged_unit (
  number char(10) primary key,
  enterprise char(10) not null,
  since date
);

comment on table register_staged_unit is 'Establishment units of the file being imported';

grant maintain, truncate on register_staged_unit to myanm_idp;
grant maintain on register_unit to myanm_idp;

alter table register_staged_removal
  drop constraint register_staged_removal_what_check,
  add constraint register_staged_removal_what_check
    check (what in ('enterprise', 'unit', 'name', 'seat'));

-- The units an organisation works with here, in its own words.
create table organisation_unit (
  organisation_id uuid not null references organisation on delete cascade,
  number char(10) not null references register_unit,
  short_name text check (char_length(short_name) between 1 and 160),
  chosen_at timestamptz not null default now(),
  primary key (organisation_id, number)
);

comment on table organisation_unit is 'Establishment units an organisation has chosen, and what it calls them';

create function refuse_foreign_unit() returns trigger language plpgsql
  set search_path = idp, pg_temp as $$
begin
  if not exists (
    select from organisation o join register_unit u on u.enterprise = o.bce
      where o.id = new.organisation_id and u.number = new.number
  ) then
    raise exception 'a unit of another enterprise'
      using errcode = 'check_violation', constraint = 'organisation_unit_is_its_own';
  end if;
  return new;
end $$;

create trigger organisation_unit_is_its_own before insert on organisation_unit
  for each row execute function refuse_foreign_unit();

-- A legal form that changes is proposed as a name is.
alter table register_watch add column legal_form text;
alter table register_change
  drop constraint register_change_what_check,
  add constraint register_change_what_check check (what in ('name', 'seat', 'form', 'ceased'));

-- What was compared until now is not compared anew because of a column more.
update register_watch set legal_form = enterprise.legal_form
  from organisation join register_enterprise as enterprise on enterprise.number = organisation.bce
  where organisation.id = register_watch.organisation_id;
