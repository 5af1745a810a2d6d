-- A journal that can be checked (specification X6, 8.2 invariants 8 and 13; ahead 13; decision 0030).
--
-- Lines are chained after their commit, never before: a chain that was kept while people sign in would
-- have them wait for each other until each has committed. What waits to be chained is a table of its
-- own, so that no line is passed over, however late its transaction ends.

-- Nobody dates a line but the database, and nobody numbers it.
revoke insert on journal from myanm_idp;
grant insert (event, account_id, organisation_id, client_id, details, actor_id) on journal to myanm_idp;

create table journal_unsealed (line bigint not null);

comment on table journal_unsealed is 'Lines of the journal that are not in a seal yet';

create table journal_seal (
  number bigint primary key,
  previous bytea,
  -- Of the header, then link by link of every line: the last link.
  hash bytea not null,
  sealed_at timestamptz not null,
  lines int8multirange not null,
  count integer not null,
  -- The newest line in it; when it was sealed, for one that only says that nothing happened.
  until timestamptz not null,
  links bytea[] not null,
  key_id text,
  signature bytea,
  forgotten_at timestamptz,
  constraint journal_seal_signed check ((key_id is null) = (signature is null))
);

comment on table journal_seal is 'What the journal said, chained and signed; when its lines are gone, that they were there';

create index journal_seal_due on journal_seal (until) where forgotten_at is null;

revoke insert, update, delete, truncate on journal_unsealed, journal_seal from myanm_idp;

insert into journal_unsealed select id from journal order by id;

create function await_seal() returns trigger
  language plpgsql security definer set search_path = idp, pg_temp as $$
begin
  insert into journal_unsealed select id from written;
  return null;
end $$;

create trigger journal_awaits_seal after insert on journal
  referencing new table as written for each statement execute function await_seal();
alter table journal enable always trigger journal_awaits_seal;

-- One field after the other, each with its length before it: no two lines are written alike.
create function journal_field(value text) returns text
  language sql immutable parallel safe
  return coalesce(octet_length(value) || ':' || value, '-');

-- Where the chain begins: after so many lines, which were written before there was one.
insert into journal_seal (number, hash, sealed_at, lines, count, until, links, forgotten_at)
  select 0, sha256(convert_to('myanm-journal/1' || journal_field(before::text), 'utf8')), now(), '{}',
      before, now(), '{}', now()
    from (select coalesce(max(id), 0)::integer as before from journal) journal_before;

create function microseconds(moment timestamptz) returns text
  language sql immutable parallel safe
  return (extract(epoch from moment) * 1000000)::bigint::text;

create function journal_line(line journal) returns text
  language sql stable parallel safe
  return journal_field((line).id::text) || journal_field(microseconds((line).at))
    || journal_field((line).event) || journal_field((line).account_id::text)
    || journal_field((line).organisation_id::text) || journal_field((line).client_id)
    || journal_field((line).actor_id::text) || journal_field((line).details::text);

-- Chains what waits, at most so many lines: hash = sha256(hash before || line). Whoever calls this
-- signs what comes back in the same transaction; it chooses neither the lines nor the hash.
create function seal_journal(most integer) returns setof journal_seal
  language plpgsql security definer set search_path = idp, pg_temp as $$
declare
  last journal_seal;
  made journal_seal;
  taken bigint[];
  words bytea;
begin
  -- One chain: seals wait for each other, and for old ones being forgotten. Nobody else does.
  lock table journal_seal in share row exclusive mode;
  select * into last from journal_seal order by number desc limit 1;
  with one as (
    delete from journal_unsealed
      where ctid = any (array(select ctid from journal_unsealed limit most)) returning line
  )
  select array_agg(line order by line) into taken from one;
  -- Nothing happened: once an hour that is sealed too, or a missing end would look like silence.
  if taken is null and last.sealed_at > clock_timestamp() - interval '1 hour' then return; end if;

  made.number := last.number + 1;
  made.previous := last.hash;
  made.sealed_at := clock_timestamp();
  made.count := coalesce(cardinality(taken), 0);
  select coalesce(range_agg(int8range(id, id, '[]')), '{}') into made.lines from unnest(taken) id;
  select coalesce(max(at), made.sealed_at) into made.until from journal where id = any (taken);
  made.hash := sha256(convert_to(
    'myanm-journal/1' || journal_field(encode(made.previous, 'hex'))
      || journal_field(made.number::text) || journal_field(microseconds(made.sealed_at))
      || journal_field(made.count::text) || journal_field(microseconds(made.until)), 'utf8'));
  made.links := '{}';
  for words in
    -- Gone before it was sealed: that it was there is kept.
    select convert_to(
        case when j.id is null then journal_field(t.id::text) else journal_line(j) end, 'utf8')
      from unnest(taken) as t (id) left join journal j on j.id = t.id order by t.id
  loop
    made.hash := sha256(made.hash || words);
    made.links := made.links || made.hash;
  end loop;
  insert into journal_seal values (made.*);
  return next made;
end $$;

comment on function seal_journal is 'Chains lines of the journal that wait to be; nobody hands it a line or a hash';

create function sign_journal_seal(number_ bigint, key_id_ text, signature_ bytea) returns void
  language sql security definer set search_path = idp, pg_temp as $$
  update journal_seal set key_id = key_id_, signature = signature_
    where number = number_ and signature is null and number > 0;
$$;

comment on function sign_journal_seal is 'Signs a seal, once';

-- Twelve months after the newest line of a seal, its lines go together. The seal stays, signed, until
-- all before it are gone as well: the last of them is where checking begins.
create or replace function forget_old_journal(most integer) returns bigint
  language plpgsql security definer set search_path = idp, pg_temp as $$
declare
  forgotten bigint := 0;
  gone bigint;
  due record;
begin
  lock table journal_seal in share row exclusive mode;
  for due in
    select number, lines from journal_seal
      where forgotten_at is null and until < now() - interval '12 months' order by until
  loop
    delete from journal using unnest(due.lines) as part
      where journal.id >= lower(part) and journal.id < upper(part);
    get diagnostics gone = row_count;
    update journal_seal set lines = '{}', links = '{}', forgotten_at = now()
      where number = due.number;
    forgotten := forgotten + gone;
    exit when forgotten >= most;
  end loop;
  delete from journal_seal where number < (
    select coalesce(
      (select min(number) from journal_seal where forgotten_at is null),
      (select max(number) + 1 from journal_seal)
    ) - 1
  );
  return forgotten;
end $$;

comment on function forget_old_journal is 'Deletes what is older than twelve months, and nothing else';

revoke execute on function seal_journal, sign_journal_seal from public;
grant execute on function seal_journal, sign_journal_seal to myanm_idp;

-- What happened in one organisation, to one person there, by one person there: without reading the
-- rest. For whom somebody chose to act is browsing, which an organisation is not shown (M55, P38).
drop index journal_of_organisation;
create index journal_of_organisation on journal (organisation_id, at, id)
  where organisation_id is not null and event <> 'context-chosen';
create index journal_about_member on journal (organisation_id, account_id, at, id)
  where organisation_id is not null and account_id is not null and event <> 'context-chosen';
create index journal_of_closing on journal (organisation_id, at, id)
  where event in ('organisation-closed', 'organisation-reopened');
create index journal_by_member on journal (organisation_id, actor_id, at, id)
  where organisation_id is not null and actor_id is not null;

-- Erasing a person, and forgetting one who never confirmed, look for what they decided (0022).
create index membership_role_by on membership (role_by) where role_by is not null;
create index invitation_by on invitation (invited_by) where invited_by is not null;
create index invitation_accepted_by on invitation (accepted_by) where accepted_by is not null;
create index join_request_decided_by on join_request (decided_by) where decided_by is not null;
