-- Who was carried over and has left does not come back with the next file: of each old account whose
-- person was erased, a digest stays. It says nobody, and knows the line when it comes again.
create table erased_origin (
  digest bytea primary key
);

comment on table erased_origin is 'Old accounts whose person has been erased, as digests: never imported again';

create function origin_digest(site text, identifier text) returns bytea
  language sql immutable strict parallel safe
  return sha256(convert_to(site || chr(10) || identifier, 'UTF8'));

-- An origin is only ever deleted with its person; one that moves to another account is updated.
create function remember_erased_origin() returns trigger language plpgsql as $$
begin
  insert into erased_origin (digest) values (origin_digest(old.site, old.identifier))
    on conflict do nothing;
  return null;
end $$;

create trigger legacy_identity_is_remembered after delete on legacy_identity
  for each row execute function remember_erased_origin();

alter table legacy_row drop constraint legacy_row_outcome_check;
alter table legacy_row add constraint legacy_row_outcome_check check (outcome in (
  'unchanged', 'stale', 'claimed', 'taken', 'erased', 'create', 'change', 'merge'
));
