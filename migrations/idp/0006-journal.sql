-- Security events, append-only: the service’s role can neither change nor delete a line (X6).
create table journal (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  event text not null,
  account_id uuid,
  organisation_id uuid,
  client_id text,
  details jsonb not null default '{}'
);

comment on table journal is 'What happened to accounts and rights; holds identifiers, no names';

create index journal_of_account on journal (account_id, id) where account_id is not null;
create index journal_of_organisation on journal (organisation_id, id) where organisation_id is not null;

revoke update, delete, truncate on journal from myanm_idp;
