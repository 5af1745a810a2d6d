-- What MyANM tells a site about the people who are signed in there (specification 7.5): security event
-- tokens that were taken, and for whom rights must be read again before they are used.

create table security_event (
  -- SHA-256 of its jti.
  id bytea primary key check (octet_length(id) = 32),
  -- Longer than MyANM goes on telling it: told again, it changes nothing.
  expires_at timestamptz not null
);

comment on table security_event is 'Events MyANM told us of: each is applied once';

create index security_event_expired on security_event (expires_at);

-- Grows with every change, and never starts again: a session whose rights were read before the last
-- change of its person is stale, whenever its row was written.
create sequence rights_change_number;

create table rights_change (
  sub text primary key,
  number bigint not null,
  -- By then no session is left that was begun before it.
  expires_at timestamptz not null
);

comment on table rights_change is 'Whose rights have changed: what was read before is not used any more';

create index rights_change_expired on rights_change (expires_at);

-- The last change that was known when the rights of this session began to be read.
alter table session add column rights_number bigint not null default 0;
