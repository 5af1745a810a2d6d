-- What one of the team of the ANM does in an organisation alone (specification P15, P22, P38), and the
-- requests that waited for one which is opened again.

alter table organisation_action drop constraint organisation_action_action_check;
alter table organisation_action
  add constraint organisation_action_action_check check (
    action in ('remove-member', 'refuse-rescue', 'cancel-invitation', 'read-journal', 'correct')
  ),
  -- Of an invitation whose sender is erased, of a journal, of a number: nobody's in particular.
  alter column account_id drop not null,
  add constraint organisation_action_names_somebody check (
    account_id is not null or action not in ('remove-member', 'refuse-rescue')
  );

-- The organisation registers, has another number, or is opened again: what waited for it under its number
-- is asked of it from now on. Who came in otherwise, or asks it already, asks once.
create or replace function address_waiting_requests() returns trigger
  language plpgsql set search_path = idp, pg_temp as $$
begin
  update join_request waiting
    set organisation_id = new.id, state = 'superseded', settled_at = now()
    where bce = new.bce and organisation_id is null and state = 'pending' and (
      exists (
        select from membership
          where organisation_id = new.id and account_id = waiting.account_id and state = 'active'
      ) or exists (
        select from join_request
          where organisation_id = new.id and account_id = waiting.account_id and state = 'pending'
      )
    );
  update join_request set organisation_id = new.id, expires_at = now() + interval '30 days'
    where bce = new.bce and organisation_id is null and state = 'pending';
  return null;
end $$;

drop trigger organisation_is_asked_what_waited on organisation;
create trigger organisation_is_asked_what_waited after insert or update of bce, state on organisation
  for each row when (new.bce is not null and new.state <> 'closed')
  execute function address_waiting_requests();
