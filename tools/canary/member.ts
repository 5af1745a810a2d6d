import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { seedScene } from '@myanm/idp/scene'
import pg from 'pg'
import { folderIn, readJson, writeJson } from '../start/folder.ts'

/** A member nobody is, of an organisation nobody acts for: what is tried on them hurts nobody. */
export interface Canary {
  readonly login: string
  readonly password: string
  readonly account: string
}

const ORGANISATION = {
  key: 'canari',
  name: 'Canari (contrôle des droits)',
  // Ten digits with their check, of an enterprise the register does not know.
  bce: '0999999922',
  kind: 'organisme',
}

/** Finds the canary of this installation, or makes one; its password is kept beside those of the scene. */
export async function canaryMember(root: string, databaseUrl: URL): Promise<Canary> {
  const file = join(folderIn(root).directory, 'canary.json')
  const known = (await readJson(file)) as { password: string } | undefined
  const password = known?.password ?? randomBytes(24).toString('base64url')
  if (!known) await writeJson(file, { password })
  const person = (login: string, familyName: string, role: 'LECTEUR' | 'GESTIONNAIRE') => ({
    key: login,
    login,
    email: `${login}@exemple.be`,
    password,
    givenName: 'Canari',
    familyName,
    accountType: 'organisme',
    memberships: [{ organisation: ORGANISATION.key, role }],
    siteRoles: [],
  })
  const { accounts } = await seedScene({
    databaseUrl,
    organisations: [ORGANISATION],
    people: [
      person('canari.contrôle', 'Contrôle', 'LECTEUR'),
      person('canari.responsable', 'Responsable', 'GESTIONNAIRE'),
    ],
    clients: [],
  })
  const login = 'canari.contrôle'
  return { login, password, account: accounts.get(login) ?? '' }
}

/** Changes the role of the canary, as MyANM’s own role may. */
export function roleOf(canary: Canary, database: pg.Client) {
  return {
    /** @returns when, by the clock of the database: just before the commit */
    async give(role: 'LECTEUR' | 'COLLABORATEUR'): Promise<Date> {
      const { rows } = await database.query<{ at: Date }>(
        `update membership set role = $2, role_since = now()
          where account_id = $1 and state = 'active' returning clock_timestamp() as at`,
        [canary.account, role],
      )
      if (!rows[0]) throw new Error('The canary is no member any more')
      return rows[0].at
    },

    /** When each site acknowledged the latest change; null where it has not yet. */
    async acknowledged(): Promise<ReadonlyMap<string, Date | null>> {
      const { rows } = await database.query<{ client_id: string; settled_at: Date | null }>(
        `select client_id, case state when 'acknowledged' then settled_at end as settled_at
          from signal_delivery where signal_id = (
            select id from signal where account_id = $1 and spread_at is not null
              order by position desc limit 1
          )`,
        [canary.account],
      )
      return new Map(rows.map((row) => [row.client_id, row.settled_at]))
    },
  }
}

export async function openDatabase(url: URL): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url.href, application_name: 'canary' })
  await client.connect()
  return client
}
