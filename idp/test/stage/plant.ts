import { arrange, query, type TestDatabase } from '@myanm/testing'

/** What everything that is planted has in it, so that it is known again wherever it turns up. */
export const MARK = 'zqxvkj7'

/** What somebody is called, and what they told of themselves. */
export const CANARIES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  account: {
    given_name: 'Kanarie',
    family_name: 'Serin-Zqxvkj7',
    login: 'kanarie-zqxvkj7',
    email: 'kanarie-zqxvkj7@exemple.be',
  },
  profile: {
    phone: '0470 77 77 01',
    street: 'Rue du Serin 77',
    postcode: '7701',
    locality: 'Serinville',
    profession: 'ornithologue zqxvkj7',
    bce: '0314595348',
    terms_version: 'zqxvkj7-2026',
  },
}

/** Writes a line of every table that can be somebody's, with a canary wherever one fits. */
export async function plant(
  database: TestDatabase,
  planted: {
    readonly account: string
    /** Two of the team: who proposed a correction, who decided. */
    readonly team: readonly [string, string]
    /** Another mark than the usual one, for a second person. */
    readonly mark?: string
  },
): Promise<void> {
  const { account, team, mark = MARK } = planted
  const marked = (text: string) =>
    text
      .replaceAll('zqxvkj7', mark)
      .replaceAll('Zqxvkj7', mark.charAt(0).toUpperCase() + mark.slice(1))
      .replaceAll('ZQXVKJ7', mark.toUpperCase())
      .replaceAll('\\x77', `\\x${Buffer.from(mark).toString('hex')}`)
  const put = (text: string, values: readonly unknown[]) =>
    arrange(
      database,
      // Lines that are there already stay: then that kind of thing is not missing.
      text.startsWith('insert') ? `${marked(text)} on conflict do nothing` : marked(text),
      values.map((value) => (typeof value === 'string' ? marked(value) : value)),
    )
  await put(
    `update account set given_name = $2, family_name = $3, login = $4, email = $5,
      registered_at_client = 'monasbl' where id = $1`,
    [account, ...Object.values(CANARIES['account'] ?? {})],
  )
  await put(
    `insert into account_identifier (key, account_id, is_alias) values
      ('kanarie-zqxvkj7', $1, false), ('kanarie-zqxvkj7@exemple.be', $1, false), ('alias-zqxvkj7', $1, true)`,
    [account],
  )
  await put('update account_identifier set proven_at = now() where account_id = $1 and is_alias', [
    account,
  ])
  await put(
    `insert into profile (account_id, civility, phone, street, postcode, locality, profession, bce,
        vat_status, terms_version, terms_accepted_at)
      values ($1, 'madame', $2, $3, $4, $5, $6, $7, 'franchise', $8, now())`,
    [account, ...Object.values(CANARIES['profile'] ?? {})],
  )
  const [organisation] = await query<{ id: string }>(
    database,
    "select id from organisation where name like 'Le Passage%'",
  )
  const statements: [string, unknown[]][] = [
    [
      `insert into registration (account_id, fills_account, journey, client_id, email, password_hash,
        person, terms_version, terms_accepted_at, asked_at)
        values ($1, false, 'journey-zqxvkj7', 'guide-social', 'essai-zqxvkj7@exemple.be', 'hash-zqxvkj7',
          '{"prenom":"prenom-zqxvkj7"}', 'termes-zqxvkj7', now(), now())`,
      [account],
    ],
    [
      `insert into device (session_uid, account_id, browser, system, address_range, amr)
        values ('session-zqxvkj7', $1, 'Navigateur Zqxvkj7', 'Système Zqxvkj7', '192.0.2.0/24', '{pwd}')`,
      [account],
    ],
    [
      `insert into oidc_artefact (id, kind, payload, grant_id, session_uid, account_id, expires_at)
        values ('\\x7777', 'Session', '{"accountId":"payload-zqxvkj7"}', 'grant-zqxvkj7', 'session-zqxvkj7', $1,
          now() + interval '1 hour')`,
      [account],
    ],
    [
      `insert into acting_context (session_uid, organisation_id, expires_at)
        values ('session-zqxvkj7', $1, now() + interval '1 hour')`,
      [organisation?.id],
    ],
    [
      `insert into passkey (account_id, credential_id, public_key, transports, is_synced, name,
        last_used_at)
        values ($1, '\\x7701', '\\x7702', '{usb}', true, 'Clé Zqxvkj7', now())`,
      [account],
    ],
    [
      `insert into one_time_password (account_id, sealed_secret, last_step, last_used_at)
        values ($1, 'sealed-zqxvkj7', 7, now())`,
      [account],
    ],
    [
      `insert into recovery_code (account_id, hash, used_at) values ($1, '\\x7703', now())`,
      [account],
    ],
    [
      `insert into sign_in_failure (account_id, passwords, second_factors) values ($1, 771, 772)`,
      [account],
    ],
    [
      `insert into membership (account_id, organisation_id, role, state, since, until)
        values ($1, $2, 'LECTEUR', 'left', now(), now())`,
      [account, organisation?.id],
    ],
    [
      `insert into membership (account_id, organisation_id, role, role_by, ends_on)
        values ($1, $2, 'COLLABORATEUR', $3, '2030-12-31')`,
      [account, organisation?.id, team[0]],
    ],
    [
      `insert into invitation (organisation_id, email, account_id, role, message, client_id, invited_by,
        state, letter_id, begun_at, settled_at, accepted_by)
        values ($2, 'invitee-zqxvkj7@exemple.be', $1, 'LECTEUR', 'Bienvenue Zqxvkj7', 'monasbl', $3,
          'accepted', $1, now(), now(), $1)`,
      [account, organisation?.id, team[0]],
    ],
    [
      `insert into join_request (organisation_id, account_id, kind, wished_role, function, message,
        client_id, return_path, state, reminders, reminded_at, settled_at, decided_by, granted_role,
        reason, bce, asked_name, told_at)
        values ($2, $1, 'raise', 'RESPONSABLE', 'Fonction Zqxvkj7', 'Ma demande Zqxvkj7', 'guide-social',
          '/zqxvkj7', 'approved', 1, now(), now(), $3, 'COLLABORATEUR', 'Raison Zqxvkj7', '0314595348',
          'Organisme Zqxvkj7', now())`,
      [account, organisation?.id, team[0]],
    ],
    [`insert into organisation_choice values ($1, $2)`, [account, organisation?.id]],
    [
      `insert into wish_to_lead values ($1, $2, 'monasbl', '/zqxvkj7')`,
      [account, organisation?.id],
    ],
    [
      `insert into organisation_draft (account_id, bce, client_id, return_path, told, sent_at,
          registration_id)
        values ($1, '0314595348', 'monasbl', '/zqxvkj7', '{"telephone":"brouillon-zqxvkj7"}', now(),
          null)`,
      [account],
    ],
    [
      `insert into rescue (id, organisation_id, membership_id, account_id, reason, state, settled_at,
        decided_by)
        values ($1, $2, $1, $1, 'Raison de reprendre Zqxvkj7', 'refused', now(), $3)`,
      [account, organisation?.id, team[0]],
    ],
    [
      `with merged as (
          insert into organisation_merge (gone_id, kept_id, undone_at)
            select other.id, $2, now() from organisation other where other.id <> $2 limit 1 returning id
        )
        insert into organisation_merge_member (merge_id, membership_id, organisation_id, account_id,
            was_role, was_role_since, was_role_by, was_ends_on, role, role_since, role_by, ends_on,
            went_at)
          select id, $1, $2, $1, 'LECTEUR', now(), $3, '2030-12-31', 'COLLABORATEUR', now(), $3,
            '2030-12-31', now() from merged`,
      [account, organisation?.id, team[0]],
    ],
    [
      `insert into rescue_objection (rescue_id, account_id, reason)
        values ($1, $1, 'Raison de ne pas être d’accord Zqxvkj7')`,
      [account],
    ],
    [
      `insert into organisation_measure (kind, organisation_id, account_id, proof, reason, proposed_by,
        state, decided_by, decided_at)
        values ('appoint', $2, $1, 'Moniteur belge Zqxvkj7', 'Raison de nommer Zqxvkj7', $3, 'accepted', $4,
          now())`,
      [account, organisation?.id, ...team],
    ],
    [
      `insert into organisation_measure (kind, organisation_id, account_id, rescue_id, reason,
        proposed_by, state, decided_by, decided_at)
        values ('rescue', $2, $1, $1, 'Raison de confirmer Zqxvkj7', $3, 'accepted', $4, now())`,
      [account, organisation?.id, ...team],
    ],
    [
      `insert into organisation_action (action, organisation_id, account_id, staff_id, reason)
        values ('remove-member', $2, $1, $3, 'Raison de retirer Zqxvkj7')`,
      [account, organisation?.id, team[0]],
    ],
    [
      `insert into signal (account_id, organisation_id, kind, rights_version)
        values ($1, $2, 'rights-changed', 1)`,
      [account, organisation?.id],
    ],
    [
      `insert into signal_delivery (signal_id, client_id, account_id, position, sid, rights_version,
        state, settled_at)
        values ($1, 'monasbl', $1, 1, 'a-session', 1, 'acknowledged', now())`,
      [account],
    ],
    [`insert into app_role values ($1, 'bilan', 'role-zqxvkj7')`, [account]],
    [
      `insert into consent (account_id, client_id, scopes, withdrawn_at)
        values ($1, 'partner', '{openid,scope-zqxvkj7}', now())`,
      [account],
    ],
    [
      `insert into newsletter_consent (account_id, newsletter, event, how)
        values ($1, 'monasbl', 'confirmed', 'link')`,
      [account],
    ],
    [
      `insert into proof (account_id, purpose, subject, email, client_id, browser, expires_at, used_at,
        ended_at)
        values ($1, 'change-email', 'sujet-zqxvkj7', 'nouvelle-zqxvkj7@exemple.be', 'monasbl', '\\x7704',
          now(), now(), now())`,
      [account],
    ],
    [
      `insert into contact_message (reference, kind, name, reply_to, organisation, bce, body,
        account_id, state, closed_at, closed_by, organisation_id)
        values ('REF-ZQXVKJ7', 'contact', 'Nom Zqxvkj7', 'reponse-zqxvkj7@exemple.be', 'Organisme Zqxvkj7',
          '0314595348', 'Corps du message Zqxvkj7', $1, 'closed', now(), $1, $2)`,
      [account, organisation?.id],
    ],
    [
      `insert into letter (code, account_id, details, once, state, last_reason, settled_at, address)
        values ('activated', $1, '{"detail":"detail-zqxvkj7"}', 'once-zqxvkj7', 'sent', '250-zqxvkj7', now(),
          'ancienne-zqxvkj7@exemple.be')`,
      [account],
    ],
    [
      `insert into journal (event, account_id, organisation_id, client_id, details)
        values ('signed-in', $1, $2, 'monasbl', '{"detail":"journal-zqxvkj7"}')`,
      [account, organisation?.id],
    ],
    [
      `insert into staff_member (account_id, rights, until) values ($1, '{support}', now())`,
      [account],
    ],
    [
      `insert into staff_correction (kind, account_id, email, former_email, reason, proposed_by,
        state, decided_by, decided_at)
        values ('address', $1, 'corrigee-zqxvkj7@exemple.be', 'avant-zqxvkj7@exemple.be',
          'raison de la correction zqxvkj7', $2, 'accepted', $3, now())`,
      [account, ...team],
    ],
    [
      `insert into staff_action (action, account_id, staff_id, reason)
        values ('remind-login', $1, $2, 'raison de cette action zqxvkj7')`,
      [account, team[0]],
    ],
    [
      `insert into staff_task (kind, account_id, organisation_id, state, closed_at, reason)
        values ('close-organisation', $1, $2, 'closed', now(), 'Raison de fermer Zqxvkj7')`,
      [account, organisation?.id],
    ],
    [
      `insert into legacy_identity (site, identifier, account_id, login, email, given_name,
        family_name, language, account_type, bce, organisation, updated_at)
        values ('Vieux site Zqxvkj7', 'numero-zqxvkj7', $1, 'vieux-zqxvkj7', 'vieux-zqxvkj7@exemple.be', 'Vieille',
          'Serine', 'fr', 'particulier', '0314595348', 'Vieil organisme Zqxvkj7', now())`,
      [account],
    ],
    [
      `insert into legacy_place (line, account_id, bce, name, outcome, conflicts)
        values (case when 'zqxvkj7' = '${MARK}' then 7001 else length('zqxvkj7') + 7002 end, $1, '0314595348',
          'Place Zqxvkj7', 'none', '{name-differs}')`,
      [account],
    ],
    [
      `insert into legacy_conflict (site, identifier, account_id, kind, bce, name, known_name,
        organisation_id, settled_at, settled_by)
        values ('Vieux site Zqxvkj7', 'numero-zqxvkj7', $1, 'name-differs', '0314595348', 'Ancien nom Zqxvkj7',
          'Nom connu Zqxvkj7', $2, now(), $3)`,
      [account, organisation?.id, team[0]],
    ],
    [
      `insert into legacy_plan (account_id, is_new, login, email, given_name, family_name, language,
        account_type, updated_at, changes)
        values ($1, false, 'plan-zqxvkj7', 'plan-zqxvkj7@exemple.be', 'Plan', 'Zqxvkj7', 'fr', 'particulier',
          now(), '{login}')`,
      [account],
    ],
    [
      `insert into legacy_claim (key, account_id, kind, updated_at)
        values ('claim-zqxvkj7', $1, 'login', now())`,
      [account],
    ],
  ]
  for (const [text, values] of statements) await put(text, values)
}

/** As if the running sign-ins of somebody had been proven twice: whoever has a passkey is asked for it. */
export async function proveTwice(database: TestDatabase, account: string): Promise<void> {
  await arrange(
    database,
    `update oidc_artefact set payload = (payload::jsonb || $2::jsonb)::json
      where kind = 'Session' and account_id = $1`,
    [account, JSON.stringify({ amr: ['pwd', 'otp', 'mfa'], acr: 'urn:myanm:aal:2' })],
  )
}
