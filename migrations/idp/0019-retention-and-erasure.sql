-- What is kept no longer than it is of use (specification X6, 6.1, 8.2). How long, table by table, is
-- in idp/src/retention/map; here is what the service's role could not do, or must not.

-- The journal is append-only: the service deletes nothing of it. This does, and only what is older
-- than twelve months (CNIL 2021-122), however it is called: nobody hands it a date.
create function forget_old_journal(most integer) returns bigint
  language plpgsql security definer set search_path = idp, pg_temp as $$
declare
  forgotten bigint;
begin
  delete from journal where id in (
    -- Lines are numbered as they come: the oldest are the first of the key.
    select id from (select id, at from journal order by id limit most) oldest
      where at < now() - interval '12 months'
  );
  get diagnostics forgotten = row_count;
  return forgotten;
end $$;

comment on function forget_old_journal is 'Deletes what is older than twelve months, and nothing else';

revoke execute on function forget_old_journal from public;
grant execute on function forget_old_journal to myanm_idp;

-- Who is to be erased, and who never confirmed: found without reading everybody.
create index account_deletion_due on account (deletion_requested_at)
  where state = 'deletion_requested';
create index account_unconfirmed on account (created_at) where state = 'unconfirmed';
create index letter_queued on letter (queued_at);
create index contact_message_closed on contact_message (closed_at) where state = 'closed';
create index contact_message_of_address on contact_message (identifier_key(reply_to));
create index contact_message_of_account on contact_message (account_id) where account_id is not null;
create index device_signed_in on device (signed_in_at);

-- Who leads an organisation does not leave it without one (E16): neither is there a GESTIONNAIRE whose
-- account is to be deleted, nor is the role given to one. Looked at when the transaction commits; both
-- changes touch the account's row, so that of two at once one sees the other.
create function require_manager_who_stays() returns trigger language plpgsql as $$
declare
  account_id_ uuid;
begin
  -- Each branch names the columns of its own table only.
  if tg_table_name = 'account' then account_id_ := new.id;
  else account_id_ := new.account_id;
  end if;
  if exists (
    select from membership m join account a on a.id = m.account_id
      where m.account_id = account_id_ and m.state = 'active' and m.role = 'GESTIONNAIRE'
        and a.state in ('deletion_requested', 'deleted')
  ) then
    raise exception 'account % leads an organisation', account_id_
      using errcode = 'check_violation', constraint = 'manager_stays';
  end if;
  return null;
end $$;

create constraint trigger account_manager_stays after update of state on account
  deferrable initially deferred for each row
  when (new.state in ('deletion_requested', 'deleted'))
  execute function require_manager_who_stays();
create constraint trigger membership_manager_stays after insert or update on membership
  deferrable initially deferred for each row
  when (new.state = 'active' and new.role = 'GESTIONNAIRE')
  execute function require_manager_who_stays();

-- An account that is gone has no membership, and is nobody's colleague (6.1).
alter table account drop constraint account_deleted_is_empty;
alter table account add constraint account_deleted_is_empty check (
  state <> 'deleted'
  or (
    login is null and email is null and email_confirmed_at is null and password_hash is null
    and given_name is null and family_name is null and registered_at_client is null
    and deleted_at is not null
  )
);

-- Proofs of consent are only ever added to (8.2, 13): they go with their account, and not before.
create function forget_consents_of(account_ uuid) returns void
  language sql security definer set search_path = idp, pg_temp as $$
  delete from newsletter_consent where account_id = account_
    and exists (select from account where id = account_ and state = 'deleted');
$$;

comment on function forget_consents_of is 'Deletes the proofs of consent of an account that is deleted';

revoke execute on function forget_consents_of from public;
grant execute on function forget_consents_of to myanm_idp;
