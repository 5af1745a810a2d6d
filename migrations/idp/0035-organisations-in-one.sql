-- Two of ours that are one organisation become one, and two again for as long as that can be undone
-- (ahead 4, 5).

alter table organisation
  -- Which one its team acts for since.
  add column merged_into uuid references organisation,
  add constraint organisation_merged_is_closed check (merged_into is null or state = 'closed'),
  add constraint organisation_merged_into_another check (merged_into <> id);

create index organisation_merged on organisation (merged_into) where merged_into is not null;

create table organisation_merge (
  id uuid primary key default uuidv7(),
  gone_id uuid not null references organisation,
  kept_id uuid not null references organisation,
  merged_at timestamptz not null default now(),
  undo_until timestamptz not null default now() + interval '30 days',
  undone_at timestamptz,
  constraint organisation_merge_of_two check (gone_id <> kept_id)
);

comment on table organisation_merge is 'An organisation whose team went over to another, and until when that can be undone';

create unique index organisation_merge_one_of_gone on organisation_merge (gone_id)
  where undone_at is null;
create index organisation_merge_of_gone on organisation_merge (gone_id, id);
create index organisation_merge_of_kept on organisation_merge (kept_id, id);

-- What a merge made of one membership of the organisation that stays: to be taken back row by row, and to
-- know later who was of it meanwhile. Its number is that of a row that may be gone.
create table organisation_merge_member (
  merge_id uuid not null references organisation_merge on delete cascade,
  membership_id uuid not null,
  organisation_id uuid not null references organisation,
  account_id uuid not null references account on delete cascade,
  -- As it was; null for who was not of it.
  was_role organisation_role,
  was_role_since timestamptz,
  was_role_by uuid references account on delete set null,
  was_ends_on date,
  -- As the merge left it: anything else was decided since.
  role organisation_role not null check (role <> 'GESTIONNAIRE'),
  role_since timestamptz not null,
  role_by uuid references account on delete set null,
  ends_on date,
  at timestamptz not null default now(),
  -- When the row the merge had made was taken out again.
  went_at timestamptz,
  primary key (merge_id, membership_id),
  constraint organisation_merge_member_was check ((was_role is null) = (was_role_since is null))
);

comment on table organisation_merge_member is 'What a merge of two organisations changed in one team, and what was there before';

create index organisation_merge_member_of on organisation_merge_member (organisation_id, account_id);
create index organisation_merge_member_of_account on organisation_merge_member (account_id);

-- Whoever is or was of an organisation, those included whom a merge brought and its undoing took out.
create view membership_ever as
  select id, account_id, organisation_id, role, state, since, until, role_since from membership
  union all
  select membership_id, account_id, organisation_id, role, 'removed', at, went_at, role_since
    from organisation_merge_member where went_at is not null;

comment on view membership_ever is 'Memberships of all times, for questions about the past';

-- Two that look like one and are not, said once; by their numbers in order, so that a pair is one row.
create table organisation_distinct (
  one_id uuid not null references organisation,
  other_id uuid not null references organisation,
  reason text not null check (char_length(btrim(reason)) between 10 and 2000),
  set_by uuid references account on delete set null,
  set_at timestamptz not null default now(),
  primary key (one_id, other_id),
  constraint organisation_distinct_in_order check (one_id < other_id)
);

comment on table organisation_distinct is 'Pairs of organisations that look like one, and that the team has found to be two';

create index organisation_distinct_other on organisation_distinct (other_id);

-- Never one person's word, neither way.
alter table organisation_measure
  add column other_id uuid references organisation,
  add column merge_id uuid references organisation_merge,
  drop constraint organisation_measure_kind_check,
  add constraint organisation_measure_kind_check check (
    kind in ('vacant', 'appoint', 'rescue', 'close', 'reopen', 'merge', 'unmerge')
  ),
  add constraint organisation_measure_of_two check (
    (kind in ('merge', 'unmerge')) = (other_id is not null) and other_id <> organisation_id
  ),
  add constraint organisation_measure_of_merge check ((kind = 'unmerge') = (merge_id is not null));

create index organisation_measure_of_other on organisation_measure (other_id, id)
  where other_id is not null;

create or replace function refuse_second_measure() returns trigger language plpgsql
  set search_path = idp, pg_temp as $$
begin
  if old.state <> 'proposed' then
    raise exception 'a measure is decided once'
      using errcode = 'check_violation', constraint = 'organisation_measure_decided_once';
  end if;
  if (new.kind, new.organisation_id, new.other_id, new.merge_id, new.account_id, new.proof,
      new.proposed_by)
    is distinct from (old.kind, old.organisation_id, old.other_id, old.merge_id, old.account_id,
      old.proof, old.proposed_by) then
    raise exception 'a measure is not rewritten'
      using errcode = 'check_violation', constraint = 'organisation_measure_not_rewritten';
  end if;
  return new;
end $$;

drop trigger organisation_measure_decided_once on organisation_measure;
create trigger organisation_measure_decided_once
  before update of state, kind, organisation_id, other_id, merge_id, account_id, proof, proposed_by
  on organisation_measure for each row execute function refuse_second_measure();
