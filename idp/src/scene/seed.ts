import type { Secret } from '@myanm/chassis'
import { connect, type Tx } from '@myanm/database'
import { createPasswords } from '#credentials'
import { record } from '#journal'
import type { Tables } from '../tables.ts'
import type { SceneClient, SceneOrganisation, ScenePerson } from './cast.ts'
import { saveClient } from './clients.ts'
import { saveWhatStandsOut } from './standing-out.ts'

/** Who ended up where: keys of the scene → identifiers of the database. */
export interface Seeded {
  readonly organisations: ReadonlyMap<string, string>
  readonly accounts: ReadonlyMap<string, string>
}

/**
 * Puts the people, organisations and clients of a scene in place. May run again at any time: who is
 * already there stays as they are, with whatever happened to them since; clients follow their addresses.
 */
export async function seedScene(scene: {
  readonly databaseUrl: URL
  readonly organisations: readonly SceneOrganisation[]
  readonly people: readonly ScenePerson[]
  readonly clients: readonly SceneClient[]
  /** Seals the second factor of the people of the team; without it they have none yet. */
  readonly keyEncryptionKey?: Secret
}): Promise<Seeded> {
  const { keyEncryptionKey } = scene
  const database = connect<Tables>({ url: scene.databaseUrl, name: 'scene', max: 2 })
  try {
    const hashes = await hashesOf(scene.people)
    return await database.db.transaction().execute(async (tx) => {
      for (const client of scene.clients) await saveClient(tx, client, scene.clients)
      const organisations = new Map<string, string>()
      for (const organisation of scene.organisations) {
        organisations.set(organisation.key, await saveOrganisation(tx, organisation))
      }
      const accounts = new Map<string, string>()
      for (const person of scene.people) {
        const passwordHash = hashes.get(person.password) ?? null
        const account = await savePerson(tx, { person, passwordHash, organisations })
        await saveWhatStandsOut(tx, { account, person, keyEncryptionKey })
        accounts.set(person.key, account)
      }
      return { organisations, accounts }
    })
  } finally {
    await database.close()
  }
}

/** Passwords → hashes, each made once: a scene of tests has one password for everybody. */
async function hashesOf(people: readonly ScenePerson[]): Promise<Map<string | null, string>> {
  const { hash } = await createPasswords()
  const hashes = new Map<string | null, string>()
  for (const { password } of people) {
    if (password !== null && !hashes.has(password)) hashes.set(password, await hash(password))
  }
  return hashes
}

async function saveOrganisation(tx: Tx<Tables>, organisation: SceneOrganisation): Promise<string> {
  const { name, bce, kind } = organisation
  const known = await tx
    .selectFrom('organisation')
    .select('id')
    .where('name', '=', name)
    .executeTakeFirst()
  if (known) return known.id
  const isOrganisme = kind === 'organisme'
  const { id } = await tx
    .insertInto('organisation')
    .values({
      name,
      bce,
      kind,
      nonprofit: isOrganisme ? true : null,
      // 017: ASBL, in the register's own codes (specification R15).
      legal_form: isOrganisme ? '017' : null,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

async function savePerson(
  tx: Tx<Tables>,
  given: {
    readonly person: ScenePerson
    readonly passwordHash: string | null
    readonly organisations: ReadonlyMap<string, string>
  },
): Promise<string> {
  const { person, passwordHash, organisations } = given
  const known = await tx
    .selectFrom('account')
    .select('id')
    .where('login', '=', person.login)
    .executeTakeFirst()
  if (known) return known.id
  const { state = 'active' } = person
  const isConfirmed = state === 'active' || state === 'suspended'
  const { id } = await tx
    .insertInto('account')
    .values({
      account_type: person.accountType,
      state,
      login: person.login,
      email: person.email,
      email_confirmed_at: isConfirmed ? new Date() : null,
      password_hash: passwordHash,
      given_name: person.givenName,
      family_name: person.familyName,
      registered_at_client: null,
      deletion_requested_at: null,
      deleted_at: null,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  for (const { organisation, role } of person.memberships) {
    const organisationId = organisations.get(organisation)
    if (organisationId === undefined) throw new Error(`The scene has no ${organisation}`)
    await tx
      .insertInto('membership')
      .values({ account_id: id, organisation_id: organisationId, role, until: null })
      .execute()
    await record(tx, {
      event: 'membership-added',
      ...{ organisation: organisationId, account: id },
      details: { role, because: role === 'GESTIONNAIRE' ? 'registered' : 'invitation' },
    })
  }
  for (const { site, role } of person.siteRoles) {
    await tx.insertInto('app_role').values({ account_id: id, client_id: site, role }).execute()
  }
  return id
}
