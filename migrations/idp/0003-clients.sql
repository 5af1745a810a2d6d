-- Who may send people here to sign in, or ask about a token (specification 7.1, X8).
create table client (
  client_id text primary key check (client_id ~ '^[a-z0-9][a-z0-9-]{1,62}$'),
  name text not null,
  -- SHA-256 of a random secret of 256 bits: a copy of this table signs nobody in.
  secret_hash text not null,
  -- Subjects are pairwise by sector: sites of one sector know a person by the same name (D6).
  sector text not null,
  -- First-party sites sign in without asking for consent; others ask once.
  first_party boolean not null default false,
  redirect_uris text[] not null default '{}',
  post_logout_redirect_uris text[] not null default '{}',
  backchannel_logout_uri text,
  home_uri text,
  scopes text[] not null default '{openid}',
  grant_types text[] not null default '{}',
  created_at timestamptz not null default now()
);

comment on table client is 'A relying party or a resource server; exact redirect addresses only';

-- What a resource server is called in tokens meant for it, and whose tokens it may ask about (7.5).
create table resource_server (
  client_id text primary key references client,
  audience text not null unique check (audience ~ '^(https?|urn):'),
  scopes text[] not null default '{}'
);

comment on table resource_server is 'A service that receives tokens: its audience';

create table introspection_policy (
  resource_server text not null references client,
  token_client text not null references client,
  primary key (resource_server, token_client)
);

comment on table introspection_policy is 'resource_server may introspect tokens issued to token_client';

-- Roles inside one site that are no role in an organisation (bilan: candidat, conseiller…; 9.1).
create table app_role (
  account_id uuid not null references account,
  client_id text not null references client,
  role text not null,
  primary key (account_id, client_id, role)
);

comment on table app_role is 'Roles of a person inside one site';

-- What a person agreed to share with a site that asks (16, 7.2). Withdrawn, never deleted.
create table consent (
  account_id uuid not null references account,
  client_id text not null references client,
  scopes text[] not null,
  granted_at timestamptz not null default now(),
  withdrawn_at timestamptz,
  primary key (account_id, client_id)
);

comment on table consent is 'What a person agreed to share with a site that is not of the house';

-- Every process builds its engine anew when a client or a policy changes.
create function notify_engine() returns trigger language plpgsql as $$
begin
  notify engine_changed;
  return null;
end $$;

create trigger client_notifies after insert or update or delete on client
  for each statement execute function notify_engine();
create trigger resource_server_notifies after insert or update or delete on resource_server
  for each statement execute function notify_engine();
create trigger introspection_policy_notifies after insert or update or delete on introspection_policy
  for each statement execute function notify_engine();
