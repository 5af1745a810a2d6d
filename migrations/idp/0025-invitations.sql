-- Invitations that are sent (specification 4.2.4, 6.2, ahead 6). Their links are proofs, held with whoever
-- invites: an address nobody has an account for stays nobody's until its reader says otherwise.
alter table proof drop constraint proof_purpose_check;
alter table proof add constraint proof_purpose_check check (purpose in (
  'confirm-email', 'reset-password', 'first-sign-in', 'change-email', 'cancel-deletion', 'newsletter',
  'attach-login', 'staff-invitation', 'invitation'
));

alter table invitation
  -- How often its mail was asked for: a mailbox is not flooded through us.
  add column sendings smallint not null default 1;

-- A mailbox that was proven beside the account's own, and leads to it from then on: who is invited at one
-- address and has an account under another keeps both (ahead 6).
alter table account_identifier
  add column proven_at timestamptz,
  add constraint account_identifier_proven_beside check (proven_at is null or is_alias);

-- What became of the mails of an address today.
create index invitation_sent on invitation (organisation_id, sent_at);
