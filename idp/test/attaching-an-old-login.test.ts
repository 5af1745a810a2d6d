import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import {
  newKeys,
  newVisitor,
  query,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  typeCredentials,
  type Visitor,
  withDatabase,
} from '@myanm/testing'
import { proofSecrets } from '#proofs'
import { until } from './stage/until.ts'

let database: TestDatabase
let myanm: TestIdp
const keys = newKeys()
const secrets = proofSecrets(keys.cookie)

beforeAll(async () => {
  database = await withDatabase()
  myanm = await startTestIdp({ database, keys })
})

afterAll(async () => {
  await myanm.stop()
  await database.drop()
})

let number = 0
let old: { readonly id: string; readonly login: string; readonly email: string }

/** Somebody's account of the time before MyANM, in an organisation. */
beforeEach(async () => {
  number += 1
  const login = `Vieux Login ${number}`
  const email = `vieux${number}@exemple.be`
  const [row] = await query<{ id: string }>(
    database,
    `insert into account (account_type, state, login, email, given_name, family_name)
      values ('organisme', 'legacy', $1, $2, 'Ancienne', 'Personne') returning id`,
    [login, email],
  )
  old = { id: String(row?.id), login, email }
  await query(
    database,
    "insert into membership (account_id, organisation_id, role) values ($1, $2, 'LECTEUR')",
    [old.id, myanm.organisations.get('passage')],
  )
  await query(
    database,
    "with forgotten as (delete from attempt where key like 'attach-login:%') update letter set queued_at = queued_at - interval '1 hour'",
  )
  myanm.letters.length = 0
})

const at = (path: string) => new URL(path, myanm.issuer)
const idOf = (key: string) => String(myanm.accounts.get(key))
const words = (visitor: Visitor) => visitor.page?.text ?? ''
const ASK = '/compte/connexion/ancien-login'

async function arrive(key: string, path = ASK): Promise<Visitor> {
  const visitor = newVisitor()
  await visitor.go(at(path))
  await typeCredentials(visitor, key)
  if (visitor.page?.url.pathname !== path) throw new Error(words(visitor))
  return visitor
}

async function linkTo(address: string): Promise<URL> {
  await until(() => myanm.letters.some(({ to }) => to === address))
  const letter = myanm.letters.find(({ to }) => to === address)
  return new URL(/https?:\S+\/ancien-login\/\S+/.exec(letter?.text ?? '')?.[0] ?? '')
}

const isThere = async (id: string) =>
  (await query(database, 'select from account where id = $1', [id])).length === 1

describe('an old login', () => {
  test('joins the account of who reads its mailbox, after seeing what changes (M24)', async () => {
    const visitor = await arrive('particulier')
    await visitor.submit({ fields: { ancien: old.login.toUpperCase() } })
    expect(words(visitor)).toContain('Si cet ancien compte existe')
    await visitor.go(await linkTo(old.email))
    for (const seen of ['Le Passage ASBL', 'Ancienne Personne', old.login]) {
      expect(words(visitor)).toContain(seen)
    }
    expect(await isThere(old.id)).toBe(true)
    await visitor.submit()
    expect(words(visitor)).toContain('L’ancien compte est rattaché au vôtre.')
    expect(words(visitor)).toContain('Le Passage ASBL')
    expect(words(visitor)).toContain('Particulier Dupont')
    expect(await isThere(old.id)).toBe(false)
    const again = newVisitor()
    await again.go(at('/compte'))
    await typeCredentials(again, old.login)
    expect(again.page?.url.pathname).toBe('/compte')
  })

  test('or by the code of its letter', async () => {
    const visitor = await arrive('independant')
    await visitor.submit({ fields: { ancien: old.email } })
    await linkTo(old.email)
    const [proof] = await query<{ id: string }>(
      database,
      "select id from proof where purpose = 'attach-login' and subject = $1",
      [old.id],
    )
    await visitor.submit({ fields: { code: '1111 1111' } })
    expect(words(visitor)).toContain('Ce code n’est pas le bon.')
    await visitor.submit({ fields: { code: secrets.codeOf(String(proof?.id)) } })
    await visitor.submit()
    expect(words(visitor)).toContain('L’ancien compte est rattaché au vôtre.')
  })

  test.each(['voisin', 'voisin@exemple.be', 'personne du tout', '%'])(
    'that is none is answered in the same way: %s',
    async (ancien) => {
      const visitor = await arrive('candidat')
      await visitor.submit({ fields: { ancien } })
      expect(visitor.page?.status).toBe(200)
      expect(words(visitor)).toContain('Si cet ancien compte existe')
      await visitor.submit({ fields: { code: '12345678' } })
      expect(words(visitor)).toContain('Ce code n’est pas le bon.')
      expect(myanm.letters).toEqual([])
    },
  )

  test('is not attached by looking, by somebody else, nor twice', async () => {
    const visitor = await arrive('lecteur')
    await visitor.submit({ fields: { ancien: old.login } })
    const link = await linkTo(old.email)
    expect((await newVisitor().go(link)).url.pathname).toMatch(/^\/connexion\//)
    const thief = await arrive('voisin', '/compte')
    await thief.go(link)
    expect(thief.page?.status).toBe(410)
    await thief.go(at(ASK))
    const jeton = String(thief.page?.$('input[name=jeton]').attr('value'))
    await thief.post(link, { jeton }, { origin: myanm.issuer.origin })
    expect(thief.page?.status).toBe(410)
    expect(await isThere(old.id)).toBe(true)

    const tabs = [visitor, await arrive('lecteur', '/compte'), await arrive('lecteur', '/compte')]
    await Promise.all(tabs.map((tab) => tab.go(link)))
    await Promise.all(tabs.map((tab) => tab.submit()))
    expect(tabs.map((tab) => tab.page?.status).sort()).toEqual([200, 410, 410])
    const merged = await query(
      database,
      "select from journal where account_id = $1 and event = 'legacy-merged'",
      [idOf('lecteur')],
    )
    expect(merged).toHaveLength(1)
  })

  test('whose address was corrected meanwhile is not attached by the former one', async () => {
    const visitor = await arrive('collegue')
    await visitor.submit({ fields: { ancien: old.login } })
    const link = await linkTo(old.email)
    await query(database, "update account set email = 'corrige@exemple.be' where id = $1", [old.id])
    await visitor.go(link)
    if (visitor.page?.status === 200) await visitor.submit()
    expect(visitor.page?.status).toBe(410)
    expect(await isThere(old.id)).toBe(true)
  })

  test('that two people claim at once becomes one person’s', async () => {
    const people = ['responsable', 'gestionnaire']
    const visitors: Visitor[] = []
    for (const key of people) {
      const visitor = await arrive(key)
      await visitor.submit({ fields: { ancien: old.login } })
      visitors.push(visitor)
    }
    const proofs = await query<{ id: string; account_id: string }>(
      database,
      "select id, account_id from proof where purpose = 'attach-login' and subject = $1",
      [old.id],
    )
    await Promise.all(
      visitors.map((visitor, place) => {
        const proof = proofs.find(({ account_id }) => account_id === idOf(String(people[place])))
        return visitor.go(at(`/ancien-login/${secrets.tokenOf(String(proof?.id))}`))
      }),
    )
    await Promise.all(visitors.map((visitor) => visitor.submit()))
    expect(visitors.map((visitor) => visitor.page?.status).sort()).toEqual([200, 410])
    const owners = await query(database, 'select from account_identifier where key = $1', [
      old.login.toLowerCase(),
    ])
    expect(owners).toHaveLength(1)
  })
})
