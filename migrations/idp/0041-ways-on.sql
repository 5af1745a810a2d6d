-- The page somebody wanted when they began to register the organisation it takes: they end there (ahead 2).
alter table organisation_draft add column return_path text
  check (return_path like '/%' and return_path not like '//%' and char_length(return_path) <= 2000);

-- When whoever reads its mail began to answer: typed its code, sent its form, went to sign in. Never by
-- looking only, which programs that open links do too (ahead 6 and 7).
alter table invitation add column begun_at timestamptz;

-- What nobody has answered, looked through in order, a page at a time.
create index join_request_unanswered on join_request (id)
  where state = 'pending' and organisation_id is not null;
