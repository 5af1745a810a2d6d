import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import {
  answerQuestions,
  arrange,
  type Page,
  query,
  typeCredentials,
  Visitor,
} from '@myanm/testing'
import { type House, openHouse, type SiteName } from './stage/house.ts'

// Specification 7.5, journey 6: MyANM and its four sites, as they run. A change of rights holds at each
// of them within a second of its commit, whatever the person has open there.

const SITES: readonly SiteName[] = ['guide-social', 'monasbl', 'sweeli', 'bilan']
const SECOND = 1_000

describe('rights that are true everywhere', () => {
  let house: House

  beforeAll(async () => {
    house = await openHouse()
  }, 60_000)
  afterAll(() => house.close())
  beforeEach(async () => {
    // In two steps: an index that keeps one GESTIONNAIRE does not wait for the second.
    for (const [key, role] of [
      ['responsable', 'RESPONSABLE'],
      ['gestionnaire', 'GESTIONNAIRE'],
      ['collaborateur', 'COLLABORATEUR'],
    ] as const) {
      await arrange(
        house.database,
        `update membership set state = 'active', until = null, role = $2 where account_id = $1`,
        [idOf(key), role],
      )
    }
    await arrange(house.database, `update account set state = 'active' where id = $1`, [
      idOf('collaborateur'),
    ])
    await query(house.database, 'delete from signal')
  })

  const idOf = (key: string) => String(house.idp.accounts.get(key))
  const at = (site: SiteName, path = '/') => house.address(site, path)
  /** Signs somebody in at each of these sites, one browser for all. */
  const enter = async (login: string, sites: readonly SiteName[] = SITES): Promise<Visitor> => {
    const visitor = new Visitor()
    for (const site of sites) {
      await visitor.go(at(site, '/connexion?retour=/'))
      if (visitor.page?.url.pathname.startsWith('/connexion/')) {
        await typeCredentials(visitor, login)
      }
      await answerQuestions(visitor)
      expect(visitor.page?.url.href).toBe(at(site).href)
    }
    return visitor
  }
  const giveRole = (key: string, role: string) =>
    query(
      house.database,
      `update membership set role = $2, role_since = now() where account_id = $1 and state = 'active'`,
      [idOf(key), role],
    )
  /** Until every site has acknowledged everything. @returns how long after, in milliseconds */
  const acknowledged = async (count: number, committed: number): Promise<number> => {
    for (;;) {
      const rows = await query<{ state: string }>(
        house.database,
        'select state from signal_delivery',
      )
      if (rows.filter(({ state }) => state === 'acknowledged').length >= count) {
        return performance.now() - committed
      }
      if (performance.now() - committed > 20 * SECOND) throw new Error(JSON.stringify(rows))
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
  /** Whether a page of a site shows the organisation in its banner. */
  const actsFor = (page: Page) => page.text.includes('au nom de Les Tilleuls ASBL')
  const publishing = (visitor: Visitor) => visitor.go(at('guide-social', '/publier/emploi'))
  const typed = {
    titre: 'Éducateur·rice spécialisé·e, accueil de jour',
    texte: 'Ce texte ne se perd pas.',
  }

  test('journey 6: lowered to LECTEUR, the open tab refuses to save within a second (E14)', async () => {
    const visitor = await enter('collaborateur')
    const form = await publishing(visitor)
    expect(form.$('textarea[name=texte]')).toHaveLength(1)
    await giveRole('collaborateur', 'LECTEUR')
    const committed = performance.now()
    expect(await acknowledged(4, committed)).toBeLessThan(SECOND)
    const refused = await visitor.submit({
      fields: typed,
      button: { name: 'faire', value: 'enregistrer' },
    })
    expect(refused.status).toBe(403)
    expect(refused.text).toContain('Votre rôle (Lecteur) dans Les Tilleuls ASBL')
    expect(refused.text).toContain('Ce texte ne se perd pas.')
    // Pages too, at the site one was not looking at.
    const space = await visitor.go(at('monasbl', '/mon-espace'))
    expect(space.text).toContain('comme Lecteur')
  })

  test('removed: no page of any site is shown for the organisation any more (E41)', async () => {
    const visitor = await enter('collaborateur')
    await publishing(visitor)
    const saving = visitor.page
    await query(
      house.database,
      `update membership set state = 'removed', until = now() where account_id = $1`,
      [idOf('collaborateur')],
    )
    const committed = performance.now()
    expect(await acknowledged(4, committed)).toBeLessThan(SECOND)
    for (const site of ['monasbl', 'sweeli', 'bilan'] as const) {
      const page = await visitor.go(at(site))
      expect(page.status).toBe(200)
      expect(actsFor(page)).toBe(false)
      expect(page.text).toContain(
        'Vous ne faites plus partie de Les Tilleuls ASBL. Vos droits ont été mis à jour.',
      )
    }
    visitor.page = saving
    const refused = await visitor.submit({
      fields: typed,
      button: { name: 'faire', value: 'enregistrer' },
    })
    expect(refused.status).toBe(403)
    expect(refused.text).toContain('Vous ne faites plus partie de Les Tilleuls ASBL.')
  })

  test('suspended: signed out of every site', async () => {
    const visitor = await enter('collaborateur')
    for (const site of SITES) expect(actsFor(await visitor.go(at(site)))).toBe(true)
    const { db } = house.idp.idp.services
    const { suspend } = await import('../../../idp/src/staff/suspend.ts')
    const reason = 'Demande de la police, dossier 12.'
    expect(
      await suspend({ db }, { staff: idOf('staff'), account: idOf('collaborateur'), reason }),
    ).toBeNull()
    const committed = performance.now()
    // Sessions of earlier tests end with this one: all of them are told.
    const told = await query(house.database, 'select from signal_delivery')
    expect(told.length).toBeGreaterThanOrEqual(4)
    expect(await acknowledged(told.length, committed)).toBeLessThan(SECOND)
    for (const site of SITES) {
      const page = await visitor.go(at(site))
      expect(page.text).toContain('Connectez-vous')
      expect(page.text).not.toContain('Dupont')
    }
  })

  test('handed over: both hear of it, and each may what is theirs now', async () => {
    const before = await enter('gestionnaire', ['guide-social', 'monasbl'])
    const after = await enter('responsable', ['guide-social', 'monasbl'])
    const { transact } = await import('@myanm/database')
    const { handOver } = await import('../../../idp/src/organisations/index.ts')
    await transact(house.idp.idp.services.db, (tx) =>
      handOver(tx, {
        organisation: String(house.idp.organisations.get('tilleuls')),
        to: idOf('responsable'),
        by: idOf('gestionnaire'),
        because: 'test',
      }),
    )
    const committed = performance.now()
    expect(await acknowledged(4, committed)).toBeLessThan(SECOND)
    expect((await before.go(at('monasbl', '/mon-espace'))).text).toContain('comme Responsable')
    expect((await after.go(at('monasbl', '/mon-espace'))).text).toContain('comme Gestionnaire')
  })

  test('a site that was away hears it all once it is back; the others did not wait', async () => {
    const visitor = await enter('collaborateur')
    await house.stopSite('monasbl')
    await giveRole('collaborateur', 'LECTEUR')
    await giveRole('collaborateur', 'RESPONSABLE')
    const committed = performance.now()
    expect(await acknowledged(6, committed)).toBeLessThan(SECOND)
    await house.startSite('monasbl')
    await acknowledged(8, committed)
    const space = await visitor.go(at('monasbl', '/mon-espace'))
    expect(space.text).toContain('comme Responsable')
  }, 30_000)

  test('a role that changes while its person signs in is the new one from the first page on', async () => {
    for (let round = 0; round < 8; round += 1) {
      const role = round % 2 === 0 ? 'LECTEUR' : 'COLLABORATEUR'
      const arriving = enter('collaborateur', ['monasbl'])
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 400))
      await giveRole('collaborateur', role)
      const committed = performance.now()
      const visitor = await arriving
      // Whichever came first, within the second it is the new one.
      await new Promise((resolve) =>
        setTimeout(resolve, Math.max(0, SECOND - (performance.now() - committed))),
      )
      const space = await visitor.go(at('monasbl', '/mon-espace'))
      expect(space.text).toContain(`comme ${role === 'LECTEUR' ? 'Lecteur' : 'Collaborateur'}`)
    }
  }, 60_000)
})
