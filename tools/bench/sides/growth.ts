import pg from 'pg'
import type { Account } from './side.ts'

/** How much there is in a database (yardsticks P5). */
export interface Size {
  readonly accounts: number
  readonly organisations: number
  /** Organisations of the one who belongs to many. */
  readonly ofOne: number
  /** Members of the one that has many. */
  readonly members: number
  /** Tokens that have expired and are not swept yet. */
  readonly expired: number
}

/** An organisation many belong to, as addresses name it. */
export const LARGE_TEAM = '00000000-0000-7000-8001-000000000001'

/** One of the organisations of whoever belongs to many. */
export const ONE_OF_MANY = '00000000-0000-7000-8001-000000000002'

/** Of the people of the bench: who belongs to many organisations, and who looks at the large team. */
export const OF_MANY = 'personne-90'
export const OF_LARGE_TEAM = 'personne-91'

export const isOrdinary = ({ login }: Account): boolean =>
  login !== OF_MANY && login !== OF_LARGE_TEAM

const account = (n: string) => `('00000000-0000-7000-8000-' || lpad(to_hex(${n}), 12, '0'))::uuid`
const organisation = (n: string) =>
  `('00000000-0000-7000-8001-' || lpad(to_hex(${n}), 12, '0'))::uuid`

/**
 * Fills a database up to a size, as years of use would: with the rows the product would have written, and
 * without its triggers, which would take hours. Whoever looks at it afterwards finds its invariants kept.
 *
 * @param adminUrl a superuser’s: only they may pass the triggers by
 */
export async function grow(adminUrl: URL, size: Size): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl.href })
  await client.connect()
  try {
    await client.query('set search_path = idp, public')
    await client.query('set session_replication_role = replica')
    await client.query("set maintenance_work_mem = '512MB'")
    for (const statement of statementsFor(size)) await client.query(statement)
    const tables = ['account', 'account_identifier', 'organisation', 'membership', 'oidc_artefact']
    for (const table of tables) await client.query(`vacuum analyze ${table}`)
    await client.query('checkpoint')
  } finally {
    await client.end()
  }
}

function statementsFor({ accounts, organisations, ofOne, members, expired }: Size): string[] {
  // Ten of an organisation, the first of them leading it.
  const ordinary = Math.min(organisations * 10, accounts)
  return [
    `insert into account (id, account_type, state, login, email, email_confirmed_at, password_hash,
        given_name, family_name)
      select ${account('n')}, 'organisme', 'active', 'membre-' || n, 'membre-' || n || '@exemple.org',
          now(), (select password_hash from account where login = 'personne-1'), 'Dominique',
          'Lambert ' || n
        from generate_series(1, ${accounts}) as n`,
    `insert into account_identifier (key, account_id)
      select identifier_key(typed), id
        from account cross join lateral (values (login), (email)) as known (typed)
        where login like 'membre-%'`,
    `insert into organisation (id, kind, bce, name, nonprofit)
      select ${organisation('n')}, 'organisme', body || lpad((97 - body::int % 97)::text, 2, '0'),
          'Maison ' || n || ' ASBL', true
        from generate_series(1, ${organisations}) as n
        cross join lateral (select lpad((2000000 + n)::text, 8, '0') as body) serial`,
    `insert into membership (account_id, organisation_id, role)
      select ${account('n')}, ${organisation('(n - 1) / 10 + 1')},
          (case when n % 10 = 1 then 'GESTIONNAIRE' else 'COLLABORATEUR' end)::organisation_role
        from generate_series(1, ${ordinary}) as n`,
    `insert into membership (account_id, organisation_id, role)
      select ${account('n')}, '${LARGE_TEAM}', 'LECTEUR'
        from generate_series(${Math.min(11, accounts)}, ${Math.min(members, accounts)}) as n`,
    `insert into membership (account_id, organisation_id, role)
      select id, '${LARGE_TEAM}', 'RESPONSABLE' from account where login = '${OF_LARGE_TEAM}'`,
    `insert into membership (account_id, organisation_id, role)
      select account.id, organisation.id, 'COLLABORATEUR'
        from account cross join (
          select ${organisation('n')} as id from generate_series(2, ${ofOne}) as n
        ) organisation
        where login = '${OF_MANY}'`,
    `insert into oidc_artefact (id, kind, payload, grant_id, session_uid, account_id, expires_at)
      select sha256(convert_to('expired ' || n, 'UTF8')), 'AccessToken',
          json_build_object('accountId', ${account('n % 1000 + 1')}, 'clientId', 'guide-social',
            'iat', 1700000000, 'exp', 1700000600, 'kind', 'AccessToken',
            'scope', 'openid profile email compte organisation', 'grantId', md5(n::text),
            'sessionUid', md5((n / 10)::text), 'expiresWithSession', true),
          md5((n / 10)::text), md5((n / 10)::text), ${account('n % 1000 + 1')},
          now() - interval '20 minutes' * random()
        from generate_series(1, ${expired}) as n`,
  ]
}
