-- Looking for somebody in a team of ten thousand, and looking twice a year at who has which role
-- (specification M33, M53; ahead 12).

-- What is looked for and where, without accents, case or width: « lea » finds « Léa ».
create function search_key(typed text) returns text
  language sql immutable strict parallel safe
  return regexp_replace(
    normalize(lower(normalize(btrim(typed), nfkc) collate pg_unicode_fast), nfkd), '[\u0300-\u036f]', '', 'g');

-- The GESTIONNAIRE goes through the team and says of everybody whether the role is still the right one.
create table member_review (
  id uuid primary key default uuidv7(),
  organisation_id uuid not null references organisation,
  opened_at timestamptz not null default now(),
  -- Who asked for it; null when half a year had gone by.
  opened_by uuid references account on delete set null,
  -- How far it went unanswered: 1 the GESTIONNAIRE was reminded, 2 the RESPONSABLES were told.
  reminders smallint not null default 0 check (reminders between 0 and 2),
  reminded_at timestamptz,
  closed_at timestamptz
);

comment on table member_review is 'Twice a year: is everybody’s role in an organisation still the right one?';

create unique index member_review_one_open on member_review (organisation_id) where closed_at is null;
create index member_review_of_organisation on member_review (organisation_id, opened_at desc);

create table member_review_answer (
  review_id uuid not null references member_review on delete cascade,
  membership_id uuid not null references membership on delete cascade,
  answer text not null check (answer in ('kept', 'lowered', 'removed')),
  answered_by uuid references account on delete set null,
  answered_at timestamptz not null default now(),
  primary key (review_id, membership_id)
);

comment on table member_review_answer is 'What a review said of one member: answered once';

create index member_review_answer_of_membership on member_review_answer (membership_id);
