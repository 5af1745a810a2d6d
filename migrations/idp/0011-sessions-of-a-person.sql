-- All that sites may do for a person ends with a reset, a suspension, a deletion.
create index oidc_artefact_grants_of_account on oidc_artefact (account_id) where kind = 'Grant';

-- What a person is shown of the browsers they are signed in with: the kind of browser, no address
-- beyond the region it stands for.
create table device (
  session_uid text primary key,
  account_id uuid not null references account on delete cascade,
  -- « Firefox sur Windows »: browser and system, no version.
  browser text,
  system text,
  -- The /64 or the first three numbers of the address: enough to say « ce n’est pas moi ».
  address_range text,
  amr text[] not null default '{}',
  signed_in_at timestamptz not null default now()
);

comment on table device is 'The browsers a person signed in with, as they are shown to that person';

create index device_of_account on device (account_id, signed_in_at);
