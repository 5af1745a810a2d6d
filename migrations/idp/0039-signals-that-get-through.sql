-- Changes of rights when things go wrong: a process that was killed, ten thousand announcements at once,
-- a site that takes nothing (specification 7.5, ahead 1).

alter table signal_stream
  -- The number of an advisory lock that the process with the lease holds on a connection of its own: whoever
  -- gets that lock knows that the process is gone, and that its lease is over.
  add column holder integer,
  add constraint signal_stream_holder_has_a_lease check (holder is null or lease is not null);

alter table signal
  -- The last member a change of a whole organisation was turned into deliveries for, while it is under way.
  add column spread_to uuid,
  add constraint signal_spread_in_parts check (
    spread_to is null or (account_id is null and spread_at is null)
  );

alter table signal_delivery
  -- One of many, of a change of a whole organisation: the changes of one person go before it.
  add column is_broad boolean not null default false;

create index signal_delivery_own on signal_delivery (client_id, position)
  where state = 'pending' and not is_broad;
create index signal_delivery_in_turn on signal_delivery (client_id, account_id, position)
  where state = 'pending';
create index signal_delivery_waiting on signal_delivery (queued_at) where state = 'pending';

-- Dead letters are read page by page, by this key.
drop index signal_delivery_dead;
create index signal_delivery_dead on signal_delivery (settled_at, id)
  where state in ('refused', 'given-up');
