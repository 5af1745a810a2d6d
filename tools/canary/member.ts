import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { seedScene } from '@myanm/idp/scene'
import pg from 'pg'
import { folderIn, readJson, writeJson } from '../start/folder.ts'
import type { Browser } from './browser.ts'

export type TriedRole = 'LECTEUR' | 'COLLABORATEUR'

interface Login {
  readonly login: string
  readonly password: string
}

/** A member nobody is, of an organisation nobody acts for: what is tried on them hurts nobody. */
export interface Canary {
  readonly member: Login
  /** Who gives the member another role, by the page a GESTIONNAIRE has for it. */
  readonly manager: Login
  readonly organisation: string
  readonly account: string
}

const ORGANISATION = {
  key: 'canari',
  name: 'Canari (contrôle des droits)',
  // Ten digits with their check, of an enterprise the register does not know.
  bce: '0999999922',
  kind: 'organisme',
}

/** The password of the canary of this installation, kept beside those of the scene. */
export async function canaryPassword(root: string): Promise<string> {
  const file = join(folderIn(root).directory, 'canary.json')
  const known = (await readJson(file)) as { password: string } | undefined
  const password = known?.password ?? randomBytes(24).toString('base64url')
  if (!known) await writeJson(file, { password })
  return password
}

/** Finds the canary of an installation, or makes one. */
export async function canaryMember(databaseUrl: URL, password: string): Promise<Canary> {
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
  const [member, manager] = ['canari.contrôle', 'canari.responsable'] as const
  const { accounts, organisations } = await seedScene({
    databaseUrl,
    organisations: [ORGANISATION],
    people: [person(member, 'Contrôle', 'LECTEUR'), person(manager, 'Responsable', 'GESTIONNAIRE')],
    clients: [],
  })
  return {
    member: { login: member, password },
    manager: { login: manager, password },
    organisation: organisations.get(ORGANISATION.key) ?? '',
    account: accounts.get(member) ?? '',
  }
}

/**
 * The role of the canary: changed by its GESTIONNAIRE, on the page and by the button every GESTIONNAIRE
 * has, so that what is measured is what a person would wait for: the rules, the lock, the journal, the
 * letter. The database is only read.
 */
export function roleOf(
  canary: Canary,
  through: { readonly browser: Browser; readonly issuer: URL; readonly database: pg.Client },
) {
  const { browser, issuer, database } = through
  const read = async <Row extends pg.QueryResultRow>(text: string, values: readonly string[]) =>
    (await database.query<Row>(text, [...values])).rows

  const now = async () => {
    const [row] = await read<{ id: string; role: string; position: string }>(
      `select id, role, (select coalesce(max(position), 0) from signal where account_id = $1) as position
        from membership where account_id = $1 and organisation_id = $2 and state = 'active'`,
      [canary.account, canary.organisation],
    )
    if (!row) throw new Error('The canary is no member any more')
    return row
  }

  return {
    now,

    /**
     * Opens the page that says what the change would do.
     * @returns presses its button; resolves with when the change was written, just before its commit
     */
    async propose(role: TriedRole): Promise<() => Promise<{ signal: string; at: Date }>> {
      const { id, position } = await now()
      const path = `/organismes/${canary.organisation}/equipe/membres/${id}/role`
      const page = await browser.signIn(new URL(`${path}?role=${role}`, issuer), canary.manager)
      return async () => {
        const after = await browser.submit(page, '/role')
        const [signal] = await read<{ signal: string; at: Date }>(
          `select id as signal, at from signal
            where account_id = $1 and organisation_id = $2 and position > $3
            order by position desc limit 1`,
          [canary.account, canary.organisation, position],
        )
        if (!signal) throw new Error(`The role was not changed: ${after.status} at ${after.url}`)
        return signal
      }
    },

    /** When each site acknowledged a change; null where it has not yet. */
    async acknowledged(signal: string): Promise<ReadonlyMap<string, Date | null>> {
      const rows = await read<{ client_id: string; settled_at: Date | null }>(
        `select client_id, case state when 'acknowledged' then settled_at end as settled_at
          from signal_delivery where signal_id = $1`,
        [signal],
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
