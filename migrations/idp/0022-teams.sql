-- Teams run by their own people (specification 4.2.4, 6.2, 6.3, 8.1): who gave which role and when,
-- invitations, requests to join, and the hand-over of an organisation from one person to another.

-- Of a line of the journal: who decided it, where that is somebody else than whom it is about (X6).
alter table journal add column actor_id uuid;

alter table organisation
  add column acronym text,
  -- Registered by somebody and not looked at by the team yet (D13): publishing stays at drafts.
  add column to_check boolean not null default false,
  add column registered_by uuid references account on delete set null,
  -- Two tabs that save at once: the second is told (E40).
  add column version integer not null default 1;

alter table membership
  -- When the role was given, and by whom; null for who brought it along (registration, migration).
  add column role_since timestamptz not null default now(),
  add column role_by uuid references account on delete set null,
  -- The last day of a role that was given for a time (ahead 12).
  add column ends_on date;

-- A role given for a time is never that of the GESTIONNAIRE: an organisation would be left alone.
alter table membership add constraint membership_manager_has_no_end
  check (ends_on is null or role <> 'GESTIONNAIRE');

-- The team page by name, and the ends that are due, without reading everybody.
create index membership_of_organisation on membership (organisation_id, role desc)
  where state = 'active';
create index membership_ends on membership (ends_on) where state = 'active' and ends_on is not null;

create table invitation (
  id uuid primary key default uuidv7(),
  organisation_id uuid not null references organisation,
  email text not null check (email <> ''),
  email_key text not null generated always as (identifier_key(email)) stored,
  -- Whom the address belonged to when the mail left: a person, or the shell that waits for them (6.1).
  account_id uuid references account on delete set null,
  role organisation_role not null,
  message text check (char_length(message) <= 1000),
  -- The site the invited person ends in, with the organisation active (ahead 6).
  client_id text references client on delete set null,
  invited_by uuid references account on delete set null,
  state text not null default 'pending' check (
    state in ('pending', 'accepted', 'declined', 'cancelled', 'expired', 'superseded')
  ),
  created_at timestamptz not null default now(),
  -- When the mail was last asked for.
  sent_at timestamptz not null default now(),
  -- The letter that carries it, whose fate the team sees.
  letter_id uuid,
  expires_at timestamptz not null default now() + interval '14 days',
  settled_at timestamptz,
  -- Who accepted: maybe under another address than the one invited.
  accepted_by uuid references account on delete set null,
  constraint invitation_never_to_lead check (role <> 'GESTIONNAIRE'),
  constraint invitation_settled check ((state = 'pending') = (settled_at is null))
);

comment on table invitation is 'Somebody is invited to an organisation, at one address, with one role';

create unique index invitation_one_pending on invitation (organisation_id, email_key)
  where state = 'pending';
create index invitation_of_account on invitation (account_id) where account_id is not null;
create index invitation_of_address on invitation (email_key) where state = 'pending';
create index invitation_of_organisation on invitation (organisation_id, id);
create index invitation_due on invitation (expires_at) where state = 'pending';

create table join_request (
  id uuid primary key default uuidv7(),
  organisation_id uuid not null references organisation,
  account_id uuid not null references account on delete cascade,
  -- To become a member, or, being one, to be given a higher role.
  kind text not null default 'join' check (kind in ('join', 'raise')),
  wished_role organisation_role,
  -- What the person does there, in their own words.
  function text check (char_length(function) <= 120),
  message text check (char_length(message) <= 1000),
  -- The site and its page they wanted, to be led back to once they may enter (ahead 2).
  client_id text references client on delete set null,
  return_path text check (return_path like '/%' and return_path not like '//%'),
  state text not null default 'pending' check (
    state in ('pending', 'approved', 'refused', 'withdrawn', 'expired', 'superseded')
  ),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null default now() + interval '30 days',
  -- How far it went unanswered: days 2 and 5 to the GESTIONNAIRE, then a responsible, then the team.
  reminders smallint not null default 0,
  reminded_at timestamptz,
  settled_at timestamptz,
  decided_by uuid references account on delete set null,
  granted_role organisation_role,
  -- Told to whoever asked, when they were refused.
  reason text check (char_length(reason) <= 1000),
  constraint join_request_never_to_lead check (
    wished_role is distinct from 'GESTIONNAIRE' and granted_role is distinct from 'GESTIONNAIRE'
  ),
  constraint join_request_raises_to check (kind = 'join' or wished_role is not null),
  constraint join_request_settled check ((state = 'pending') = (settled_at is null)),
  constraint join_request_granted check ((state = 'approved') = (granted_role is not null))
);

comment on table join_request is 'Somebody asks to join an organisation, or for a higher role in theirs';

create unique index join_request_one_pending on join_request (organisation_id, account_id)
  where state = 'pending';
create index join_request_of_account on join_request (account_id, id);
create index join_request_of_organisation on join_request (organisation_id, id);
create index join_request_due on join_request (created_at) where state = 'pending';

-- From the active GESTIONNAIRE to an active RESPONSABLE of the same organisation (8.2, invariant 4).
create table manager_transfer (
  id uuid primary key default uuidv7(),
  organisation_id uuid not null references organisation,
  from_membership uuid not null,
  to_membership uuid not null,
  state text not null default 'proposed' check (
    state in ('proposed', 'accepted', 'refused', 'cancelled', 'expired', 'undone')
  ),
  proposed_at timestamptz not null default now(),
  expires_at timestamptz not null default now() + interval '7 days',
  settled_at timestamptz,
  -- Either may take it back for 72 hours after it was accepted (ahead 4).
  undo_until timestamptz,
  undone_at timestamptz,
  undone_by uuid references account on delete set null,
  foreign key (organisation_id, from_membership) references membership (organisation_id, id),
  foreign key (organisation_id, to_membership) references membership (organisation_id, id),
  constraint manager_transfer_to_somebody_else check (from_membership <> to_membership),
  constraint manager_transfer_settled check ((state = 'proposed') = (settled_at is null)),
  constraint manager_transfer_undone check ((state = 'undone') = (undone_at is not null)),
  constraint manager_transfer_undo_until check (
    (state in ('accepted', 'undone')) = (undo_until is not null)
  )
);

comment on table manager_transfer is 'The GESTIONNAIRE hands the organisation over to a RESPONSABLE who accepts';

create unique index manager_transfer_one_open on manager_transfer (organisation_id)
  where state = 'proposed';
create index manager_transfer_from on manager_transfer (from_membership);
create index manager_transfer_to on manager_transfer (to_membership);
create index manager_transfer_due on manager_transfer (expires_at) where state = 'proposed';

-- A transfer goes from who leads to a RESPONSABLE whose account is active, at the moment it is proposed.
create function check_transfer_proposed() returns trigger language plpgsql as $$
begin
  if new.state = 'proposed' and (
    not exists (
      select from membership where id = new.from_membership and state = 'active'
        and role = 'GESTIONNAIRE'
    ) or not exists (
      select from membership m join account a on a.id = m.account_id
        where m.id = new.to_membership and m.state = 'active' and m.role = 'RESPONSABLE'
          and a.state = 'active'
    )
  ) then
    raise exception 'a transfer goes from the GESTIONNAIRE to a RESPONSABLE'
      using errcode = 'check_violation', constraint = 'manager_transfer_from_manager_to_responsable';
  end if;
  return new;
end $$;

create trigger manager_transfer_as_drawn before insert on manager_transfer
  for each row execute function check_transfer_proposed();

-- What is open closes when it no longer has a meaning, whoever changed the membership and however (6.2,
-- 6.3): an invitation or a request once the person is in; a proposed transfer once either side is no
-- longer what it has to be.
create function settle_what_is_open() returns trigger language plpgsql as $$
begin
  if new.state = 'active' and (tg_op = 'INSERT' or old.state <> 'active') then
    update join_request set state = 'superseded', settled_at = now()
      where organisation_id = new.organisation_id and account_id = new.account_id
        and kind = 'join' and state = 'pending';
    update invitation set state = 'superseded', settled_at = now()
      where organisation_id = new.organisation_id and state = 'pending'
        and (account_id = new.account_id
          or email_key in (select key from account_identifier where account_id = new.account_id));
  end if;
  if new.state <> 'active' or new.role = 'GESTIONNAIRE' then
    update join_request set state = 'superseded', settled_at = now()
      where organisation_id = new.organisation_id and account_id = new.account_id
        and kind = 'raise' and state = 'pending';
  end if;
  update manager_transfer set state = 'cancelled', settled_at = now()
    where organisation_id = new.organisation_id and state = 'proposed'
      and ((from_membership = new.id and (new.state <> 'active' or new.role <> 'GESTIONNAIRE'))
        or (to_membership = new.id and (new.state <> 'active' or new.role <> 'RESPONSABLE')));
  return null;
end $$;

create trigger membership_settles_what_is_open after insert or update of state, role on membership
  for each row execute function settle_what_is_open();

-- The target's account is suspended or asks to be deleted: nobody hands over to them (6.3).
create function cancel_transfers_of_account() returns trigger language plpgsql as $$
begin
  update manager_transfer t set state = 'cancelled', settled_at = now()
    from membership m
    where t.state = 'proposed' and m.account_id = new.id and m.id = t.to_membership;
  return null;
end $$;

create trigger account_cancels_transfers after update of state on account
  for each row when (new.state <> 'active') execute function cancel_transfers_of_account();

-- An organisation that is closed is nobody's to enter: what is open closes with it.
create function settle_with_organisation() returns trigger language plpgsql as $$
begin
  update invitation set state = 'cancelled', settled_at = now()
    where organisation_id = new.id and state = 'pending';
  update join_request set state = 'refused', settled_at = now()
    where organisation_id = new.id and state = 'pending';
  update manager_transfer set state = 'cancelled', settled_at = now()
    where organisation_id = new.id and state = 'proposed';
  return null;
end $$;

create trigger organisation_settles_what_is_open after update of state on organisation
  for each row when (new.state = 'closed') execute function settle_with_organisation();
