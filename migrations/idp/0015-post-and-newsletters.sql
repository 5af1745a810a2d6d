-- What the queue needs to know of each letter, and the newsletters a person asks for (specification
-- M26, ML28; ahead 7).

alter table letter
  -- When it is tried (again); while it is being sent, when somebody else may take it over.
  add column next_try_at timestamptz not null default now(),
  -- Where it goes, when that was settled as it was queued: the old address of a change. Empty once sent.
  add column address text,
  drop constraint letter_state_check,
  add constraint letter_state_check check (state in (
    'queued',
    'sent',        -- taken by the post office
    'needless',    -- a newer one took its place, or nobody is there any longer
    'refused',     -- the post office says this address takes no mail
    'given-up',    -- tried until it made no sense any longer
    'bounced',     -- taken, then reported as not delivered
    'complained'   -- reported as unwanted by whoever received it
  ));

drop index letter_not_arrived;
create index letter_not_arrived on letter (id)
  where state in ('refused', 'given-up', 'bounced', 'complained');
create index letter_waiting on letter (next_try_at) where state = 'queued';

create table newsletter (
  key text primary key,
  -- The site it comes from, by the key of its look.
  site text not null check (site in ('myanm', 'guide-social', 'monasbl', 'sweeli', 'bilan')),
  title text not null,
  -- One sentence: what is in it, how often.
  description text not null,
  position smallint not null unique
);

comment on table newsletter is 'What a person may subscribe to, one line for each switch';

insert into newsletter (key, site, title, description, position) values
  ('emploi', 'guide-social', 'Newsletter Emploi', 'Les nouvelles offres d’emploi du secteur, chaque semaine.', 1),
  ('mail-info', 'guide-social', 'Mail-Info', 'L’actualité du secteur, l’agenda et les formations.', 2),
  ('monasbl', 'monasbl', 'Newsletter MonASBL', 'Ce qui change pour la gestion d’une ASBL, une fois par mois.', 3),
  ('sweeli', 'sweeli', 'Newsletter Sweeli', 'Conseils et nouveautés pour les aidants et les soignants.', 4);

revoke insert, update, delete, truncate on newsletter from myanm_idp;

-- The proof of what a person wanted, when and how: lines are only added (8.2, 13; GDPR art. 7.1).
create table newsletter_consent (
  id bigint generated always as identity primary key,
  account_id uuid not null references account on delete cascade,
  newsletter text not null references newsletter,
  event text not null check (event in ('asked', 'confirmed', 'ended')),
  how text not null check (how in (
    'registration',  -- a box ticked on the registration form
    'preferences',   -- the switch on the person's own page
    'link',          -- the link of the mail that asks (ML28)
    'code',          -- its code
    'stop-link',     -- the link at the end of a newsletter
    'one-click'      -- the button of the mail program (RFC 8058)
  )),
  at timestamptz not null default now()
);

comment on table newsletter_consent is 'Every wish for a newsletter, its confirmation and its end; only ever added to';

create index newsletter_consent_of_account on newsletter_consent (account_id, newsletter, id);

revoke update, delete, truncate on newsletter_consent from myanm_idp;
