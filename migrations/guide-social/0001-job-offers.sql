-- What becomes of an offer (specification 6.4). « expiree » is not stored: a published offer whose last
-- day has passed is expired, at midnight in Brussels and not when somebody runs a job.
create type job_offer_state as enum (
  'draft',      -- brouillon
  'published',  -- publiee, until the end of ends_on
  'withdrawn',  -- retiree
  'deleted'     -- supprimee: recoverable for 30 days, then gone
);

create table job_offer (
  id uuid primary key default uuidv7(),
  -- The stable part of the public address, /emplois/<slug>__<number>.
  number bigint generated always as identity (start with 1001) unique,
  slug text not null check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 80),
  -- A job offer always has an organisation (8.2, invariant 12).
  organisation_id uuid not null,
  -- As it was when the offer was last saved: public pages stay up while MyANM is down.
  organisation_name text not null check (organisation_name <> ''),
  -- Pairwise subjects: names and addresses of people live in MyANM only (X2).
  author_sub text not null,
  -- The form it came from: a form sent twice makes one offer.
  submission uuid not null,
  state job_offer_state not null,
  -- Grows with every change; a change names the version it was made from, or is refused (E40).
  version integer not null default 1 check (version >= 1),

  title text not null check (char_length(title) between 10 and 120),
  occupation text,
  other_occupation text,
  description text check (char_length(description) <= 10000),
  postcode text check (postcode ~ '^[1-9][0-9]{3}$'),
  locality text,
  contract text check (
    contract in ('cdi', 'cdd', 'remplacement', 'interim', 'etudiant', 'volontariat')
  ),
  contract_length text,
  regime text check (regime in ('full-time', 'part-time')),
  weekly_minutes integer check (weekly_minutes between 1 and 3000),
  posts integer not null default 1 check (posts between 1 and 99),
  joint_committee text,
  pay_scale text,
  -- Euro cents, gross, for one `pay_per`.
  pay_min bigint check (pay_min > 0),
  pay_max bigint check (pay_max > 0),
  pay_per text not null default 'month' check (pay_per in ('month', 'hour', 'year')),
  pay_told_before_interview boolean not null default false,
  aids text[] not null default '{}' check (
    aids <@ array['ape', 'maribel', 'activa', 'article-60']
  ),
  diploma text,
  experience text,
  languages text,
  driving_licence boolean not null default false,
  starts_on date,
  -- Last day to apply, and the last day the offer is public.
  ends_on date,
  apply_email text,
  apply_url text check (apply_url ~ '^https?://'),
  apply_phone text,
  apply_note text,

  -- Title, occupation, organisation, place and text, folded for searching.
  search_words text not null,
  search tsvector not null generated always as (to_tsvector('simple', search_words)) stored,
  locality_key text,

  created_at timestamptz not null,
  changed_at timestamptz not null,
  -- When it last came online for a new period: going back online before its last day keeps it.
  published_at timestamptz,
  -- The last day of that period, as it stood while the offer was online.
  published_until date,
  deleted_at timestamptz,

  constraint job_offer_submission_key unique (author_sub, submission),
  constraint job_offer_pay_in_order check (pay_max >= pay_min),
  constraint job_offer_deleted_has_date check ((state = 'deleted') = (deleted_at is not null)),
  -- Whatever is online is complete, whichever road brought it there (4.2.7).
  constraint job_offer_published_is_complete check (
    state <> 'published' or (
      published_at is not null and occupation is not null and description is not null
      and postcode is not null and locality is not null and contract is not null
      and regime is not null and ends_on is not null
      and coalesce(apply_email, apply_url, apply_phone) is not null
      -- Pay transparency, directive 2023/970 (R22).
      and (pay_told_before_interview or contract = 'volontariat' or pay_scale is not null
           or pay_min is not null or pay_max is not null)
    )
  )
);

comment on table job_offer is 'An offer of an organisation; holds pairwise subjects, no names of people';

-- The public list, paged by key.
create index job_offer_newest on job_offer (published_at desc, number desc) where state = 'published';
create index job_offer_search on job_offer using gin (search) where state = 'published';
create index job_offer_place on job_offer (postcode) where state = 'published';
create index job_offer_of_organisation on job_offer (organisation_id, number desc);
create index job_offer_deleted on job_offer (deleted_at) where state = 'deleted';

create type job_offer_event as enum (
  'created', 'edited', 'published', 'withdrawn', 'deleted', 'restored'
);

create table job_offer_version (
  offer_id uuid not null references job_offer (id) on delete cascade,
  version integer not null,
  what job_offer_event not null,
  by_sub text not null,
  at timestamptz not null,
  -- The offer as it read then: what two people changed at once is told apart with it.
  content jsonb not null,
  primary key (offer_id, version)
);

comment on table job_offer_version is 'Who changed an offer, when and to what (G5); append-only';

revoke update, delete, truncate on job_offer_version from myanm_guide_social;
