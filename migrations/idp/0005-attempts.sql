-- Counters of failed tries (specification 4.3), in the shape rate-limiter-flexible expects. Keys are
-- HMACs: neither addresses nor logins can be read here.
create unlogged table attempt (
  key varchar(255) primary key,
  points integer not null default 0,
  expire bigint
);

comment on table attempt is 'Tries counted per person and per address; lost in a crash, never in doubt';
