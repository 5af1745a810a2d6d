-- Rights that are true everywhere within a second (specification 7.5, ahead 1). Whatever changes what a
-- person may do leaves a signal here, in the transaction of the change and whoever makes it: the change
-- is committed with its signal, or not at all. After the commit each signal becomes one delivery for
-- each site that may have read the rights before it.

alter table client
  -- Where the site hears of changes: security event tokens (RFC 8417) pushed after RFC 8935.
  add column events_uri text;

create table signal (
  id uuid primary key default uuidv7(),
  -- Of one person in the order of their commits: every change takes the lock of the account first.
  position bigint not null generated always as identity unique,
  -- Whose rights; null for all the members of an organisation that itself has changed.
  account_id uuid references account on delete cascade,
  organisation_id uuid references organisation on delete cascade,
  kind text not null check (kind in ('rights-changed', 'sessions-ended')),
  -- Of the account, after the change.
  rights_version integer,
  at timestamptz not null default clock_timestamp(),
  -- When it was turned into deliveries; null until then.
  spread_at timestamptz,
  constraint signal_is_about_somebody check (account_id is not null or organisation_id is not null)
);

comment on table signal is 'A change of what somebody may do, written with the change itself';

create index signal_to_spread on signal (position) where spread_at is null;
create index signal_of_member on signal (account_id, organisation_id, position desc);
create index signal_of_organisation on signal (organisation_id, position desc)
  where account_id is null;
create index signal_at on signal (at);

create table signal_delivery (
  -- The identifier of the token (jti): another one for each site, or two could compare notes (D6).
  id uuid primary key default uuidv7(),
  signal_id uuid not null references signal on delete cascade,
  client_id text not null references client on delete cascade,
  account_id uuid not null references account on delete cascade,
  position bigint not null,
  -- What a session that has ended is called at that site.
  sid text,
  rights_version integer not null,
  state text not null default 'pending' check (
    state in ('pending', 'acknowledged', 'refused', 'given-up')
  ),
  tries integer not null default 0,
  -- Of one the site keeps failing at while it takes others; null: as soon as the site can be reached.
  next_try_at timestamptz,
  last_reason text check (char_length(last_reason) <= 300),
  queued_at timestamptz not null default clock_timestamp(),
  settled_at timestamptz,
  constraint signal_delivery_settled check ((state = 'pending') = (settled_at is null)),
  constraint signal_delivery_once unique nulls not distinct (signal_id, client_id, account_id, sid)
);

comment on table signal_delivery is 'A signal on its way to one site, until the site acknowledges it';

create index signal_delivery_pending on signal_delivery (client_id, position)
  where state = 'pending';
create index signal_delivery_paused on signal_delivery (client_id, account_id)
  where state = 'pending' and next_try_at is not null;
create index signal_delivery_dead on signal_delivery (settled_at)
  where state in ('refused', 'given-up');
create index signal_delivery_of_account on signal_delivery (account_id);
create index signal_delivery_queued on signal_delivery (queued_at);

create table signal_stream (
  client_id text primary key references client on delete cascade,
  -- Who delivers to this site, one process at a time; a process that dies loses it by itself.
  lease uuid,
  leased_until timestamptz,
  -- Since when nothing gets through, after how many tries, and when the next one is.
  failing_since timestamptz,
  tries integer not null default 0,
  next_try_at timestamptz not null default '-infinity',
  constraint signal_stream_lease_has_an_end check ((lease is null) = (leased_until is null)),
  constraint signal_stream_failing check ((failing_since is null) = (tries = 0))
);

comment on table signal_stream is 'Who delivers to a site now, and whether it can be reached';

-- Wakes who delivers, at the commit. Equal announcements of one transaction are one.
create function announce_signal() returns trigger language plpgsql as $$
begin
  perform pg_notify('signal', '');
  return null;
end $$;

create trigger signal_announces after insert on signal
  for each row execute function announce_signal();

-- A membership begins, changes its role, ends. Named so that it comes after `membership_bumps_rights`,
-- whose lock on the account puts the changes of one person in order. Who cannot be signed in anywhere
-- (an old account, one never confirmed) has no rights any site could have read: an import of a hundred
-- thousand of them leaves no signals.
create function signal_membership() returns trigger language plpgsql as $$
begin
  insert into signal (account_id, organisation_id, kind, rights_version)
    select a.id, coalesce(new.organisation_id, old.organisation_id), 'rights-changed', a.rights_version
      from account a
      where a.id in (new.account_id, old.account_id)
        and a.state not in ('unconfirmed', 'legacy', 'invited', 'deleted');
  return null;
end $$;

create trigger membership_signals after insert or delete on membership
  for each row execute function signal_membership();
create trigger membership_signals_change after update on membership
  for each row when (
    (old.role, old.state, old.account_id, old.organisation_id)
      is distinct from (new.role, new.state, new.account_id, new.organisation_id)
  ) execute function signal_membership();

-- An account is suspended, let in again, or becomes another kind of account.
create function signal_account() returns trigger language plpgsql as $$
begin
  insert into signal (account_id, kind, rights_version)
    values (new.id, 'rights-changed', new.rights_version);
  return null;
end $$;

create trigger account_signals after update of state, account_type on account
  for each row when (
    old.state not in ('unconfirmed', 'legacy', 'invited') and (
      (old.state <> new.state and (old.state = 'active' or new.state = 'active'))
      or (old.account_type <> new.account_type and new.state = 'active')
    )
  ) execute function signal_account();

-- A role inside one site, such as that of a counsellor (9.1).
create function signal_site_role() returns trigger language plpgsql as $$
begin
  with changed as (
    update account set rights_version = rights_version + 1
      where id in (new.account_id, old.account_id)
      returning id, rights_version, state
  )
  insert into signal (account_id, kind, rights_version)
    select id, 'rights-changed', rights_version from changed
      where state not in ('unconfirmed', 'legacy', 'invited', 'deleted');
  return null;
end $$;

create trigger app_role_signals after insert or update or delete on app_role
  for each row execute function signal_site_role();

-- What sites are told of an organisation changes for all who act for it: one signal, whatever their
-- number. Who of them is signed in where is looked at after the commit.
create function signal_organisation() returns trigger language plpgsql as $$
begin
  insert into signal (organisation_id, kind) values (new.id, 'rights-changed');
  return null;
end $$;

create trigger organisation_signals after update on organisation
  for each row when (
    (old.state, old.options, old.nonprofit, old.legal_form, old.kind, old.name, old.bce, old.to_check)
      is distinct from
    (new.state, new.options, new.nonprofit, new.legal_form, new.kind, new.name, new.bce, new.to_check)
  ) execute function signal_organisation();

-- A session has ended, and with it the grant by which its site would be found: the delivery is written
-- at once. Called where sessions end, with the lock on their account.
create function signal_session_ended(account_ uuid, client_ text, sid_ text) returns void
  language sql
  begin atomic
    with told as (
      select a.rights_version from account a, client c
        where a.id = account_ and c.client_id = client_ and c.events_uri is not null
    ), ended as (
      insert into signal (account_id, kind, rights_version, spread_at)
        select account_, 'sessions-ended', rights_version, clock_timestamp() from told
        returning id, position, rights_version
    )
    insert into signal_delivery (signal_id, client_id, account_id, position, sid, rights_version)
      select id, client_, account_, position, sid_, rights_version from ended;
  end;
