-- What people write to the team: the contact form, a forgotten login (M58), an old account whose
-- address is dead (M64).
create table contact_message (
  id uuid primary key default uuidv7(),
  -- What a person reads to the team and the team reads back.
  reference text not null unique,
  kind text not null check (kind in ('contact', 'forgotten-login', 'old-address')),
  name text not null,
  -- Where the answer goes; the sender is told that the message arrived (ML33).
  reply_to text not null,
  organisation text,
  bce text,
  body text not null,
  -- Who wrote, when they were signed in.
  account_id uuid references account on delete set null,
  state text not null default 'open' check (state in ('open', 'closed')),
  created_at timestamptz not null default now(),
  closed_at timestamptz,
  closed_by uuid references account on delete set null,
  constraint contact_message_closed_since check ((state = 'closed') = (closed_at is not null))
);

comment on table contact_message is 'Messages of people to the team';

create index contact_message_open on contact_message (id) where state = 'open';

alter table letter
  add column message_id uuid references contact_message on delete cascade;
