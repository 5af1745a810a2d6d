-- A link that sets a password proves one mailbox, the one it was sent to. When the account's address
-- changes, by its person or by the team (M12, M64), what was sent to the old one opens nothing any more.
create function end_links_to_old_address() returns trigger language plpgsql as $$
begin
  update proof set ended_at = now()
    where account_id = new.id
      and purpose in ('reset-password', 'first-sign-in')
      and used_at is null and ended_at is null;
  return null;
end $$;

create trigger account_ends_links_to_old_address after update of email on account
  for each row when (identifier_key(old.email) is distinct from identifier_key(new.email))
  execute function end_links_to_old_address();
