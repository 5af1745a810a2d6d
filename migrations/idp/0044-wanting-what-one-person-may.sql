-- Where somebody wanted to go that only who leads may: once they do, they go on from there (ahead 2).
create table wish_to_lead (
  account_id uuid not null references account on delete cascade,
  organisation_id uuid not null references organisation on delete cascade,
  -- The site and its page they wanted.
  client_id text not null references client on delete cascade,
  return_path text
    check (return_path like '/%' and return_path not like '//%' and char_length(return_path) <= 2000),
  wished_at timestamptz not null default now(),
  primary key (account_id, organisation_id)
);

create index wish_to_lead_of_organisation on wish_to_lead (organisation_id);
create index wish_to_lead_at_client on wish_to_lead (client_id);
-- Swept after thirty days.
create index wish_to_lead_by_age on wish_to_lead (wished_at);

comment on table wish_to_lead is 'The page at a site somebody wanted that only the GESTIONNAIRE of an organisation may open';
