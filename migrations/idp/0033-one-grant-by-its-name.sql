-- A grant is one by its primary key already, which is made from its name. A second unique index beside
-- it refused what the first would have settled: of two sign-ins that write the same grant in the same
-- instant, « on conflict » updates for the key it names, and fails for any other.
drop index oidc_artefact_grant;
create index oidc_artefact_grant on oidc_artefact (grant_id) where kind = 'Grant';
