-- The organisations of the old applications (specification M62, M63): whose account led each, what an
-- import plans for them, and what it leaves to the team.

-- Of several old accounts of one organisation, the one its invoices went to.
alter table legacy_identity add column billing boolean not null default false;
alter table legacy_row add column billing boolean not null default false;

-- The organisations a file names, by their number, while it is looked at; emptied when it is over.
create unlogged table legacy_organisation (
  bce char(10) primary key,
  -- As it will be called: by the register, or else by the file.
  name text,
  acronym text,
  legal_form text,
  nonprofit boolean not null default false,
  is_public boolean not null default false,
  -- What the register says of the number.
  register text not null default 'unknown' check (register in ('unknown', 'ceased', 'found')),
  -- The one that is here already.
  organisation_id uuid,
  state text not null default 'planned' check (state in ('planned', 'done'))
);

comment on table legacy_organisation is 'The organisations of the file being imported, as they will be';

-- The place of an account in the organisation its line names.
create unlogged table legacy_place (
  line integer primary key,
  account_id uuid not null,
  bce text,
  name text,
  outcome text check (outcome in ('manager', 'member', 'here', 'none')),
  conflicts text[] not null default '{}'
);

create index legacy_place_bce on legacy_place (bce);

comment on table legacy_place is 'Who will have which place in the organisations of the file being imported';

grant maintain on legacy_organisation, legacy_place to myanm_idp;

-- What an import could not settle by itself, for the team to look at.
create table legacy_conflict (
  id uuid primary key default uuidv7(),
  site text not null,
  identifier text not null,
  account_id uuid not null references account on delete cascade,
  kind text not null check (kind in (
    'no-number', 'bad-number', 'ceased', 'no-name', 'name-differs', 'several', 'has-manager',
    'vacant', 'closed', 'account-closed'
  )),
  -- As the file has them.
  bce text,
  name text,
  -- As the register, or MyANM, calls that number.
  known_name text,
  organisation_id uuid references organisation,
  found_at timestamptz not null default now(),
  settled_at timestamptz,
  settled_by uuid references account on delete set null,
  unique (site, identifier, kind),
  foreign key (site, identifier) references legacy_identity on delete cascade
);

comment on table legacy_conflict is 'Old organisations an import left to the team, and why';

create index legacy_conflict_of on legacy_conflict (account_id);
create index legacy_conflict_open on legacy_conflict (id) where settled_at is null;
