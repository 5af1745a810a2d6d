-- Who leads an organisation is whom the team of the ANM talks to: what they write comes first (M45, P31).
alter table contact_message
  -- The one it was written for, as a member of it; what was typed stays beside.
  add column organisation_id uuid references organisation on delete set null,
  add column is_priority boolean not null default false,
  add constraint contact_message_priority_of_organisation check (
    not is_priority or organisation_id is not null
  );

create index contact_message_of_organisation on contact_message (organisation_id)
  where organisation_id is not null;
create index contact_message_waiting on contact_message (is_priority desc, id) where state = 'open';
