-- What exactly was wrong with a request of a site, for the site's own developers (ahead 11): by the
-- reference that stands on the page of the person who was stopped. Nothing in it is about that person.
create table diagnosis (
  id bigint generated always as identity primary key,
  reference text not null,
  client_id text not null references client on delete cascade,
  cause text not null,
  -- The engine's own words.
  words text not null,
  -- What was given and what was expected, when one can say so.
  given text,
  expected text,
  at timestamptz not null default now()
);

comment on table diagnosis is 'What was wrong with a request of a site; kept for a week';

create index diagnosis_by_reference on diagnosis (client_id, reference);
create index diagnosis_by_age on diagnosis (at);
