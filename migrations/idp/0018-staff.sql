-- The team of the ANM (specification M30, M58, M64): who is in it, what needs two of them, and what
-- waits for one.

create table staff_member (
  account_id uuid primary key references account on delete cascade,
  -- Least privilege: what somebody of the team may do is named.
  rights text[] not null default '{support}'
    check (cardinality(rights) > 0 and rights <@ array['support']),
  -- Null: by the link the command printed.
  invited_by uuid references account on delete set null,
  since timestamptz not null default now(),
  until timestamptz
);

comment on table staff_member is 'Persons of the team; one who left keeps the line';

-- What one proposes and another decides (M64): four eyes, kept here whatever the code does.
create table staff_correction (
  id uuid primary key default uuidv7(),
  kind text not null check (kind in ('address', 'second-factor')),
  account_id uuid not null references account on delete cascade,
  -- The address proposed, and the one it takes the place of.
  email text,
  former_email text,
  reason text not null check (char_length(btrim(reason)) between 10 and 2000),
  message_id uuid references contact_message on delete set null,
  proposed_by uuid not null references account,
  proposed_at timestamptz not null default now(),
  state text not null default 'proposed'
    check (state in ('proposed', 'accepted', 'refused', 'withdrawn')),
  decided_by uuid references account,
  decided_at timestamptz,
  constraint staff_correction_has_address check ((kind = 'address') = (email is not null)),
  constraint staff_correction_four_eyes check (
    (state in ('accepted', 'refused')) = (decided_by is not null) and decided_by <> proposed_by
  ),
  constraint staff_correction_settled check ((state = 'proposed') = (decided_at is null)),
  constraint staff_correction_not_ones_own check (
    proposed_by <> account_id and (decided_by is null or decided_by <> account_id)
  )
);

comment on table staff_correction is 'Corrections one of the team proposes and another decides on';

create unique index staff_correction_one_open on staff_correction (account_id, kind)
  where state = 'proposed';

-- Decided once, and what was decided stays.
create function refuse_second_decision() returns trigger language plpgsql as $$
begin
  if old.state <> 'proposed' then
    raise exception 'a correction is decided once'
      using errcode = 'check_violation', constraint = 'staff_correction_decided_once';
  end if;
  if (new.kind, new.account_id, new.email, new.proposed_by)
    is distinct from (old.kind, old.account_id, old.email, old.proposed_by) then
    raise exception 'a correction is not rewritten'
      using errcode = 'check_violation', constraint = 'staff_correction_not_rewritten';
  end if;
  return new;
end $$;

create trigger staff_correction_decided_once before update of state, kind, account_id, email, proposed_by
  on staff_correction for each row execute function refuse_second_decision();

-- What one of the team did alone, and why.
create table staff_action (
  id uuid primary key default uuidv7(),
  action text not null check (action in ('suspend', 'lift', 'remind-login')),
  account_id uuid not null references account on delete cascade,
  staff_id uuid references account on delete set null,
  reason text not null check (char_length(btrim(reason)) between 10 and 2000),
  at timestamptz not null default now(),
  constraint staff_action_not_on_oneself check (staff_id <> account_id)
);

comment on table staff_action is 'What the team did to an account, and why';

create index staff_action_of on staff_action (account_id);

-- What waits for somebody of the team.
create table staff_task (
  id uuid primary key default uuidv7(),
  -- Its GESTIONNAIRE is suspended: the link stays, another is to be appointed (6.1, M64).
  kind text not null check (kind in ('appoint-manager')),
  account_id uuid not null references account on delete cascade,
  organisation_id uuid not null references organisation on delete cascade,
  state text not null default 'open' check (state in ('open', 'closed')),
  created_at timestamptz not null default now(),
  closed_at timestamptz,
  constraint staff_task_closed_since check ((state = 'closed') = (closed_at is not null))
);

comment on table staff_task is 'What waits for somebody of the team';

create unique index staff_task_one_open on staff_task (kind, organisation_id) where state = 'open';

-- Search begins with what is typed, whatever the case (M30: exact or prefix, never everybody).
create index account_identifier_prefix on account_identifier (key text_pattern_ops);
create index account_family_name_prefix on account (identifier_key(family_name) text_pattern_ops)
  where family_name is not null;
