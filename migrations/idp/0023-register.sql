-- A local copy of the Banque-Carrefour des Entreprises (specification 4.5, R15), what is known of an
-- organisation beside its name, and what its registration waits for (4.2.3, 4.2.10).

-- One enterprise as the register tells of it. The names of natural persons are not taken over: nobody
-- looks a person up here, and what is not kept need not be protected.
create table register_enterprise (
  number char(10) primary key check (is_bce_number(number)),
  type text not null check (type in ('natural', 'legal')),
  -- `JuridicalForm` and `JuridicalSituation` of its list of codes, such as 017 for an ASBL.
  legal_form text,
  situation text,
  since date,
  -- Language (fr, nl, de, en, und) → text.
  names jsonb not null default '{}',
  acronyms jsonb not null default '{}',
  -- { postcode, house, box, fr: { street, locality, country }, nl: { … } }
  seat jsonb,
  -- The day of the extract that did not have it any more, or called it inactive.
  ceased_on date,
  constraint register_names_no_person check (
    type = 'legal' or (names = '{}' and acronyms = '{}' and seat is null)
  )
);

comment on table register_enterprise is 'Copy of the Banque-Carrefour des Entreprises, from its open data';

create table register_code (
  category text not null,
  code text not null,
  language text not null,
  label text not null,
  primary key (category, code, language)
);

comment on table register_code is 'What the codes of the register mean, in its own words';

create table register_extract (
  id bigint generated always as identity primary key,
  number integer not null,
  kind text not null check (kind in ('full', 'update')),
  -- The day it tells of.
  snapshot_on date not null,
  imported_at timestamptz not null default now(),
  enterprises integer not null,
  rejected integer not null
);

comment on table register_extract is 'Files of the register that were imported, one line each time';

-- The file of an import, while it is read; emptied when it is over.
create unlogged table register_staged_enterprise (
  number char(10) primary key,
  type text not null,
  legal_form text,
  situation text,
  is_active boolean not null,
  since date
);
create unlogged table register_staged_name (
  number char(10) not null,
  kind text not null,
  language text not null,
  name text not null
);
create index register_staged_name_of on register_staged_name (number);
create unlogged table register_staged_seat (
  number char(10) not null,
  seat jsonb not null
);
create index register_staged_seat_of on register_staged_seat (number);
-- Of an update: enterprises of which something is no longer as it was, and what.
create unlogged table register_staged_removal (
  number char(10) not null,
  what text not null check (what in ('enterprise', 'name', 'seat')),
  primary key (number, what)
);

comment on table register_staged_enterprise is 'Enterprises of the file being imported';
comment on table register_staged_name is 'Names of the file being imported';
comment on table register_staged_seat is 'Seats of the file being imported';
comment on table register_staged_removal is 'What the update being imported takes away';

-- Full one minute, empty the next: statistics are taken, and rows let go, when they are needed.
grant maintain, truncate on register_staged_enterprise, register_staged_name,
  register_staged_seat, register_staged_removal to myanm_idp;
grant maintain on register_enterprise to myanm_idp;

-- What members read of their organisation, and its RESPONSABLES change (M13, 4.2.3, 4.2.10).
create table organisation_profile (
  organisation_id uuid primary key references organisation on delete cascade,
  street text,
  postcode text,
  locality text,
  phone text,
  email text,
  website text,
  sectors text[] not null default '{}',
  billing_name text,
  billing_street text,
  billing_postcode text,
  billing_locality text,
  billing_email text,
  vat_status text check (vat_status in ('assujetti', 'franchise', 'exempte', 'non-assujetti')),
  purchase_reference text,
  peppol_id text,
  -- Whose change another tab meets (E40).
  changed_by uuid references account on delete set null,
  changed_at timestamptz not null default now()
);

comment on table organisation_profile is 'Seat, contacts and billing of an organisation';

-- An organisation somebody is registering: with their own registration, until their mailbox is proven,
-- or in their open account. It becomes one when it is sent in, and only with the registration that is
-- proven (docs/decisions/0015, 0024).
create table organisation_draft (
  id uuid primary key default gen_random_uuid(),
  registration_id uuid unique references registration on delete cascade,
  account_id uuid unique references account on delete cascade,
  bce char(10) not null check (is_bce_number(bce)),
  -- The site to go back to.
  client_id text references client on delete set null,
  -- The rest of the form; null until it was filled in.
  told jsonb,
  -- Sent in: it waits for the proven mailbox only.
  sent_at timestamptz,
  created_at timestamptz not null default now(),
  constraint organisation_draft_of_somebody check (
    (registration_id is null) <> (account_id is null)
  ),
  constraint organisation_draft_sent_whole check (sent_at is null or told is not null)
);

comment on table organisation_draft is 'Organisations being registered; gone when they are, or after 30 days';

create index organisation_draft_by_age on organisation_draft (created_at);

-- What the register said of an organisation when it was last compared (4.5).
create table register_watch (
  organisation_id uuid primary key references organisation on delete cascade,
  name text,
  seat text,
  ceased boolean not null,
  seen_at timestamptz not null default now()
);

comment on table register_watch is 'What the register last said of each organisation, to tell what changed';

create table register_change (
  id uuid primary key default uuidv7(),
  organisation_id uuid not null references organisation on delete cascade,
  what text not null check (what in ('name', 'seat', 'ceased')),
  -- As the organisation said it and as the register says it now; a seat on one line.
  before text,
  after text,
  -- Of a seat: { street, postcode, locality }.
  seat jsonb,
  state text not null default 'pending' check (
    state in ('pending', 'applied', 'set-aside', 'superseded')
  ),
  found_at timestamptz not null default now(),
  settled_at timestamptz,
  settled_by uuid references account on delete set null,
  constraint register_change_settled check ((state = 'pending') = (settled_at is null))
);

comment on table register_change is 'A change the register announces, for the GESTIONNAIRE to decide on';

create unique index register_change_one_pending on register_change (organisation_id, what)
  where state = 'pending';
create index register_change_of on register_change (organisation_id, id);

-- Organisations the team has not looked at yet (D13), by key.
create index organisation_to_check on organisation (id) where to_check;
