-- How long a change of rights takes to hold at each site, published, and tried every night on somebody who is
-- nobody (ahead 1).

alter table organisation
  -- MyANM's own, of nobody: in no list, no search, no count. Its members have no way to sign in.
  add column is_canary boolean not null default false,
  add constraint organisation_canary_has_no_number check (
    not is_canary or (kind = 'academie' and bce is null)
  );

create unique index organisation_one_canary on organisation (is_canary) where is_canary;

-- Nobody who is somebody is ever a member of it: no name to sign in with, no address, no password.
create function require_canary_to_be_nobody() returns trigger language plpgsql
  set search_path = idp, pg_temp as $$
begin
  if exists (
    select from organisation o join account a on a.id = new.account_id
      where o.id = new.organisation_id and o.is_canary
        and (a.state <> 'suspended' or a.login is not null or a.email is not null
          or a.password_hash is not null)
  ) then
    raise exception 'account % is somebody', new.account_id
      using errcode = 'check_violation', constraint = 'canary_is_nobody';
  end if;
  return new;
end $$;

create trigger membership_canary_is_nobody before insert or update of account_id, organisation_id
  on membership for each row execute function require_canary_to_be_nobody();

create table site_latency (
  client_id text not null references client on delete cascade,
  -- In Brussels, of the change.
  day date not null,
  -- Acknowledged within so many milliseconds, by steps that grow; null: not acknowledged.
  within_ms integer check (within_ms > 0),
  deliveries integer not null check (deliveries > 0),
  constraint site_latency_once unique nulls not distinct (client_id, day, within_ms)
);

comment on table site_latency is 'How many changes of rights each site acknowledged how fast, a day; nobody is in it';
