-- What waits in another mailbox is only as good as the account it was asked from. A new password, or an
-- account that is no longer open, ends it: somebody who was in for a while does not come back by a link
-- they asked for. (A password hashed anew with stronger parameters ends it too; it is then asked for again.)
create function end_links_asked_from_inside() returns trigger language plpgsql as $$
begin
  update proof set ended_at = now()
    where account_id = new.id
      and purpose in ('change-email', 'attach-login')
      and used_at is null and ended_at is null;
  return null;
end $$;

create trigger account_ends_links_asked_from_inside after update of password_hash, state on account
  for each row when (
    old.password_hash is distinct from new.password_hash
    or (old.state = 'active' and new.state <> 'active')
  )
  execute function end_links_asked_from_inside();
