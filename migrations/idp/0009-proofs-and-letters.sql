-- What a mailed link or code proves, once (specification 8.1 « jetons »). Neither is kept: both are
-- made from the identifier and a key outside the database, so that a mail written twice carries the
-- same link, and a copy of this table opens nothing.
create table proof (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references account on delete cascade,
  purpose text not null check (purpose in (
    'confirm-email',    -- ML1
    'reset-password',   -- ML4
    'first-sign-in',    -- ML5
    'change-email',     -- ML7
    'cancel-deletion',  -- ML32
    'newsletter',       -- ML28
    'attach-login',     -- M24
    'staff-invitation'
  )),
  -- Which one, where an account may have several at once: the newsletter, the login to attach.
  subject text not null default '',
  -- The address it is sent to and proves, when it is not the account's own.
  email text,
  -- The site to go back to afterwards (M50).
  client_id text references client on delete set null,
  -- SHA-256 of a random value that only the browser that asked has.
  browser bytea,
  -- Codes are short: so are the tries (4.3).
  tries_left smallint not null default 5 check (tries_left >= 0),
  created_at timestamptz not null default now(),
  -- When its mail was last asked for: not more than once a minute (M48).
  asked_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  ended_at timestamptz
);

comment on table proof is 'A mailed link and its code: what it proves, until when, whether it was used';

create unique index proof_one_live on proof (account_id, purpose, subject)
  where used_at is null and ended_at is null;
create index proof_expired on proof (expires_at);

-- Every mail, from the change that asks for it to what became of it.
create table letter (
  id uuid primary key default uuidv7(),
  -- Which mail of the catalogue.
  code text not null,
  account_id uuid references account on delete cascade,
  -- The link it carries; its address wins over the account's.
  proof_id uuid references proof on delete cascade,
  -- What the text says besides the person's name; no address, no secret.
  details jsonb not null default '{}',
  -- Two wishes for one letter that has not left yet are one letter.
  once text,
  state text not null default 'queued' check (state in ('queued', 'sent', 'refused', 'given-up', 'bounced')),
  tries integer not null default 0,
  -- Codes of the other server's answer, never its words: those repeat the address.
  last_reason text,
  queued_at timestamptz not null default now(),
  settled_at timestamptz,
  constraint letter_settled check ((state = 'queued') = (settled_at is null))
);

comment on table letter is 'Every mail, and what became of it';

create unique index letter_once on letter (once) where state = 'queued' and once is not null;
create index letter_of_account on letter (account_id, id) where account_id is not null;
create index letter_not_arrived on letter (id) where state in ('refused', 'given-up', 'bounced');
