-- Old accounts (specification M24, M57, 6.1 « import »): what each was in the application it comes
-- from, and the two tables an import thinks on.

create table legacy_identity (
  -- The old application, and the number of the account there.
  site text not null,
  identifier text not null,
  account_id uuid not null references account on delete cascade,
  -- As the old application last told it; what the person says of themselves is in their account.
  login text,
  email text,
  given_name text,
  family_name text,
  language text not null,
  account_type text not null,
  -- Kept for the organisations that are carried over later (M62); nothing reads them yet.
  bce text,
  organisation text,
  updated_at timestamptz not null,
  imported_at timestamptz not null default now(),
  primary key (site, identifier)
);

comment on table legacy_identity is 'Where an account comes from: one line per account of an old application';

create index legacy_identity_of on legacy_identity (account_id);
create index legacy_identity_login on legacy_identity (identifier_key(login)) where login is not null;

-- The file of an import, while it is looked at; emptied when it is over.
create unlogged table legacy_row (
  line integer primary key,
  site text not null,
  identifier text not null,
  login text,
  email text,
  given_name text,
  family_name text,
  language text not null,
  account_type text not null,
  bce text,
  organisation text,
  updated_at timestamptz not null,
  login_key text generated always as (identifier_key(login)) stored,
  email_key text generated always as (identifier_key(email)) stored,
  -- The account it already leads to, the one that has its address, the one it will lead to.
  known uuid,
  owner uuid,
  target uuid,
  outcome text check (outcome in (
    'unchanged', 'stale', 'claimed', 'taken', 'create', 'change', 'merge'
  )),
  unique (site, identifier)
);

create index legacy_row_target on legacy_row (target);

comment on table legacy_row is 'Lines of the file being imported, and what will become of each';

create unlogged table legacy_plan (
  account_id uuid primary key,
  is_new boolean not null,
  login text,
  email text,
  given_name text,
  family_name text,
  language text not null,
  account_type text not null,
  updated_at timestamptz not null,
  -- Columns of the account that will be others.
  changes text[] not null default '{}',
  state text not null default 'planned' check (state in ('planned', 'done', 'overtaken'))
);

comment on table legacy_plan is 'The accounts an import will make or change, as they will be';

-- Who will be known by which login or address; of several, one.
create unlogged table legacy_claim (
  key text not null,
  account_id uuid not null,
  kind text not null check (kind in ('email', 'login', 'alias')),
  updated_at timestamptz not null,
  won boolean not null default false,
  primary key (key, account_id)
);

comment on table legacy_claim is 'Logins and addresses an import wants, and for which account';

-- Full one minute, empty the next: statistics are taken when they are needed.
grant maintain on legacy_row, legacy_plan, legacy_claim to myanm_idp;
