import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { REGISTER_UPDATE } from '@myanm/idp'
import {
  query,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  type Visitor,
  withDatabase,
} from '@myanm/testing'
import { compareWithRegister, listCeased, listToCheck, markChecked } from '#organisation-data'
import { commandEnvironment, filesOf, IMPORT, imports, metaOf, zipOf } from './stage/register.ts'
import { signsIn } from './stage/team.ts'
import { until } from './stage/until.ts'

let database: TestDatabase
let myanm: TestIdp
let tilleuls: string
const visitors = new Map<string, Visitor>()

beforeAll(async () => {
  database = await withDatabase()
  myanm = await startTestIdp({ database })
  tilleuls = String(myanm.organisations.get('tilleuls'))
  for (const login of ['lecteur', 'collaborateur', 'responsable', 'gestionnaire', 'voisin']) {
    visitors.set(login, await signsIn(myanm.issuer, login))
  }
})

afterAll(async () => {
  await myanm.stop()
  await database.drop()
})

const as = (login: string): Visitor => {
  const visitor = visitors.get(login)
  if (!visitor) throw new Error(`Nobody is signed in as ${login}`)
  return visitor
}

const at = (path = '', organisation = tilleuls) =>
  new URL(`/organismes/${organisation}/donnees${path}`, myanm.issuer)

/** Sends a form nobody was shown, with all that a form of ours carries. */
async function sends(login: string, address: URL, fields: Readonly<Record<string, string>>) {
  const page = await as(login).go(new URL('/compte/identite', myanm.issuer))
  const jeton = String(page.$('main input[name=jeton]').attr('value'))
  return as(login).post(address, { ...fields, jeton }, { origin: myanm.issuer.origin })
}

const held = async () => {
  const [row] = await query<Record<string, unknown>>(
    database,
    `select organisation.name, organisation.acronym, organisation.bce, organisation.legal_form,
        organisation.nonprofit, organisation.version, organisation.options, profile.street,
        profile.postcode, profile.locality, profile.phone, profile.email, profile.website,
        profile.sectors, profile.billing_name, profile.vat_status, profile.peppol_id
      from organisation left join organisation_profile profile
        on profile.organisation_id = organisation.id where id = $1`,
    [tilleuls],
  )
  return row
}

const GOOD = {
  nom: 'Les Tilleuls ASBL',
  sigle: 'LT',
  rue: 'Rue des Tilleuls 12',
  code_postal: '5000',
  localite: 'Namur',
  telephone: '081 22 33 44',
  courriel: 'info@tilleuls.be',
  site: 'www.tilleuls.be',
  secteurs: 'handicap',
}

describe('the data of an organisation (M13, P14, P15)', () => {
  test.each(['lecteur', 'collaborateur', 'responsable', 'gestionnaire'])(
    'are read by a %s, with what the register says',
    async (login) => {
      const page = await as(login).go(at())
      expect(page.status).toBe(200)
      for (const text of ['0566.988.259', 'Association sans but lucratif', 'Rue des Tilleuls 12']) {
        expect(page.text).toContain(text)
      }
      const mayEdit = login === 'responsable' || login === 'gestionnaire'
      expect(page.text.includes('Modifier les données')).toBe(mayEdit)
      expect(page.text).not.toContain('organisation-data.')
    },
  )

  test.each(['lecteur', 'collaborateur'])('are not changed by a %s (E14)', async (login) => {
    for (const path of ['/modifier', '/facturation']) {
      const page = await as(login).go(at(path))
      expect(page.status).toBe(403)
      expect(page.text).toContain('ne permet pas cette action. Adressez-vous à son gestionnaire.')
    }
    for (const path of ['/modifier', '/facturation', '/collegues']) {
      const before = await held()
      const page = await sends(login, at(path), { ...GOOD, version: '1', collegues: 'oui' })
      expect(page.status).toBe(403)
      expect(page.text).toContain('ne permet pas cette action')
      expect(await held()).toEqual(before)
    }
  })

  test('are nobody else’s: 404, as if it did not exist (P15, ahead 3)', async () => {
    for (const path of ['', '/modifier', '/facturation']) {
      const page = await as('voisin').go(at(path))
      const nowhere = await as('voisin').go(at(path, '0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000'))
      expect([page.status, nowhere.status]).toEqual([404, 404])
      expect(page.text).not.toContain('Tilleuls')
    }
  })

  test.each(['responsable', 'gestionnaire'])(
    'are changed by a %s, and it is noted',
    async (login) => {
      await as(login).go(at('/modifier'))
      const page = await as(login).submit({ fields: { ...GOOD, sigle: login } })
      expect(page.url.pathname).toBe(at().pathname)
      expect(page.text).toContain('Les données sont enregistrées.')
      expect(await held()).toMatchObject({
        acronym: login,
        phone: '+3281223344',
        website: 'https://www.tilleuls.be/',
        sectors: ['handicap'],
      })
      const [line] = await query(
        database,
        `select event, account_id, details from journal where organisation_id = $1
        order by id desc limit 1`,
        [tilleuls],
      )
      expect(line).toEqual({
        event: 'organisation-changed',
        account_id: myanm.accounts.get(login),
        details: { what: 'description' },
      })
    },
  )

  test('never are its number, its form, and whether it is marchand, whatever is sent (M39)', async () => {
    const before = await held()
    const page = await sends('gestionnaire', at('/modifier'), {
      ...GOOD,
      version: String(before?.['version']),
      bce: '0314595348',
      legal_form: '610',
      marchand: 'oui',
      nonprofit: 'false',
    })
    expect(page.text).toContain('Les données sont enregistrées.')
    expect(await held()).toMatchObject({ bce: '0566988259', legal_form: '017', nonprofit: true })
  })

  test('every mistake at once, and nothing typed is lost', async () => {
    await as('responsable').go(at('/modifier'))
    const page = await as('responsable').submit({
      fields: {
        ...GOOD,
        nom: ' ',
        telephone: 'douze',
        courriel: 'a@',
        site: 'javascript:alert(1)',
      },
    })
    expect(page.status).toBe(422)
    expect(page.$('.error-summary li, .govuk-error-summary__list li').length).toBe(4)
    expect(page.$('[name=telephone]').attr('value')).toBe('douze')
  })

  test('saved by two at once: the second is told by whom, and keeps what was typed (E40)', async () => {
    await as('responsable').go(at('/modifier'))
    await as('gestionnaire').go(at('/modifier'))
    await as('gestionnaire').submit({ fields: { ...GOOD, localite: 'Jambes' } })
    const page = await as('responsable').submit({ fields: { ...GOOD, sigle: 'Mien' } })
    expect(page.status).toBe(409)
    expect(page.text).toContain(
      "Cette page a été modifiée entre-temps par Gestionnaire Dupont. Rechargez-la avant d'enregistrer.",
    )
    expect(page.$('[name=sigle]').attr('value')).toBe('Mien')
    expect(page.text).toContain('Enregistré entre-temps : Jambes')
    expect(await held()).toMatchObject({ locality: 'Jambes' })
    await as('responsable').submit({})
    expect(await held()).toMatchObject({ locality: 'Namur', acronym: 'Mien' })
  })

  test('saved by ten at once with one version: one is', async () => {
    const before = await held()
    const form = await as('responsable').go(at('/modifier'))
    const jeton = String(form.$('main input[name=jeton]').attr('value'))
    const version = String(before?.['version'])
    const pages = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        as('responsable').post(
          at('/modifier'),
          { ...GOOD, secteurs: 'sante', sigle: `n${n}`, version, jeton },
          { origin: myanm.issuer.origin },
        ),
      ),
    )
    const saved = pages.filter(({ status }) => status === 200)
    expect([saved.length, pages.length - saved.length]).toEqual([1, 9])
    expect((await held())?.['version']).toBe(Number(before?.['version']) + 1)
  })

  test('billing: all that an invoice needs; an address at Peppol for who is liable only (4.2.10)', async () => {
    await as('responsable').go(at('/facturation'))
    const wrong = await as('responsable').submit({ fields: { courriel_facturation: '' } })
    expect(wrong.status).toBe(422)
    expect(wrong.text).toContain('Adresse e-mail de facturation : ce champ est obligatoire.')
    expect(wrong.text).toContain('Régime TVA : ce champ est obligatoire.')
    const billing = { courriel_facturation: 'compta@tilleuls.be', peppol: '0208:0566988259' }
    const exempt = await as('responsable').submit({
      fields: { ...billing, regime_tva: 'exempte' },
    })
    expect(exempt.text).toContain('La facturation est enregistrée.')
    expect(exempt.text).not.toContain('0208:')
    expect(await held()).toMatchObject({ billing_name: 'Les Tilleuls ASBL', peppol_id: null })
    await as('responsable').go(at('/facturation'))
    const liable = await as('responsable').submit({ fields: { regime_tva: 'assujetti' } })
    expect(liable.text).toContain('0208:0566988259')
  })
})

describe('establishment units (4.2.6, ahead 5)', () => {
  const chosen = () =>
    query<{ number: string; short_name: string | null }>(
      database,
      'select number, short_name from organisation_unit where organisation_id = $1 order by number',
      [tilleuls],
    )
  const fields = { unite: '2134560224', nom_court: 'Site de Jambes', choix: 'utiliser' }

  test.each(['lecteur', 'collaborateur'])('are not chosen by a %s (E14)', async (login) => {
    expect((await as(login).go(at('/unites'))).status).toBe(403)
    expect((await sends(login, at('/unites'), fields)).status).toBe(403)
    expect(await chosen()).toEqual([])
  })

  test('are chosen among those of the register by who may, and read by the team', async () => {
    const responsable = as('responsable')
    expect((await as('lecteur').go(at())).text).toContain('Aucune n’est choisie.')
    await responsable.go(at())
    const page = await responsable.go(at('/unites'))
    for (const text of [
      'Les Tilleuls - Maison d’accueil',
      'Rue de Dave 44, 5100 Namur',
      '2.134.560.323',
    ]) {
      expect(page.text).toContain(text)
    }
    const form = `form:has([value="${fields.unite}"])`
    const done = await responsable.submit({
      form,
      fields: { nom_court: fields.nom_court },
      button: { name: 'choix', value: 'utiliser' },
    })
    expect(done.text).toContain('toute l’équipe voit cette unité')
    expect(await chosen()).toEqual([{ number: fields.unite, short_name: 'Site de Jambes' }])
    const read = await as('lecteur').go(at())
    expect(read.text).toContain('Site de Jambes')
    expect(read.text).toContain('Rue de Dave 44, 5100 Namur')
    expect(read.text).not.toContain('Maison d’accueil')
    const [line] = await query(
      database,
      `select event, details from journal where organisation_id = $1 order by id desc limit 1`,
      [tilleuls],
    )
    expect(line).toEqual({ event: 'organisation-changed', details: { what: 'unit' } })
  })

  test('of another organisation, of nobody, or misspelt are refused, and nothing typed is lost', async () => {
    for (const unite of ['2211764009', '2340551107', '2999999976', '0566988259', 'x', '']) {
      const page = await sends('gestionnaire', at('/unites'), { ...fields, unite })
      expect(page.status).toBeLessThan(500)
      expect(page.text).toContain('celle de votre organisme')
    }
    const page = await sends('gestionnaire', at('/unites'), { ...fields, nom_court: '<b>ici' })
    expect(page.status).toBe(422)
    expect(page.text).toContain('Nom court : 160 caractères au plus')
    expect(page.$('#nom_court').attr('value')).toBe('<b>ici')
    expect((await sends('gestionnaire', at('/unites'), { unite: fields.unite })).status).toBe(422)
    expect(await chosen()).toHaveLength(1)
    await expect(
      query(database, `insert into organisation_unit (organisation_id, number) values ($1, $2)`, [
        tilleuls,
        '2211764009',
      ]),
    ).rejects.toMatchObject({ constraint: 'organisation_unit_is_its_own' })
  })

  test('are renamed, left, chosen twice at once, one after the other', async () => {
    const twice = await Promise.all(
      ['Un', 'Deux'].map((nom_court) =>
        sends('gestionnaire', at('/unites'), { ...fields, unite: '2134560125', nom_court }),
      ),
    )
    expect(twice.map(({ status }) => status)).toEqual([200, 200])
    expect(await chosen()).toHaveLength(2)
    await sends('gestionnaire', at('/unites'), { unite: '2134560125', choix: 'retirer' })
    await sends('gestionnaire', at('/unites'), { unite: '2134560125', choix: 'retirer' })
    expect(await chosen()).toEqual([{ number: fields.unite, short_name: 'Site de Jambes' }])
  })

  test('one that is struck off stays, flagged, until it is left', async () => {
    const ends = (on: string | null) =>
      query(database, 'update register_unit set ended_on = $2 where number = $1', [
        fields.unite,
        on,
      ])
    await ends('2026-11-15')
    const told = 'ne connaît plus cette unité depuis le 15/11/2026'
    expect((await as('lecteur').go(at())).text).toContain(told)
    const page = await as('gestionnaire').go(at('/unites'))
    expect(page.text).toContain(told)
    const left = await as('gestionnaire').submit({
      form: `form:has([value="${fields.unite}"])`,
      button: { name: 'choix', value: 'retirer' },
    })
    expect(left.text).toContain('n’est plus utilisée')
    expect(left.text).not.toContain('Site de Jambes')
    const again = await sends('gestionnaire', at('/unites'), fields)
    expect(again.text).toContain('celle de votre organisme')
    expect(await chosen()).toEqual([])
    await ends(null)
  })
})

describe('« Les collaborateurs peuvent modifier les annonces de leurs collègues » (5.3, note 1)', () => {
  test('is off by default, and the GESTIONNAIRE’s to switch', async () => {
    expect((await held())?.['options']).toEqual([])
    expect((await as('responsable').go(at())).text).not.toContain('Le permettre')
    const refused = await sends('responsable', at('/collegues'), { collegues: 'oui' })
    expect(refused.status).toBe(403)
    await as('gestionnaire').go(at())
    await as('gestionnaire').submit({ form: 'form[action$="/collegues"]' })
    expect((await held())?.['options']).toEqual(['collaborateur_edits_colleagues_ads'])
    await as('gestionnaire').submit({ form: 'form[action$="/collegues"]' })
    expect((await held())?.['options']).toEqual([])
  })

  test('tells the GESTIONNAIRE how far it has come at the sites, and nobody else (ahead 1)', async () => {
    await as('gestionnaire').go(at())
    const done = await as('gestionnaire').submit({ form: 'form[action$="/collegues"]' })
    expect(done.text).toMatch(/appliqué sur \d sites? sur \d/)
    await query(
      database,
      `insert into signal_delivery (signal_id, client_id, account_id, position, rights_version, is_broad, queued_at)
        select id, 'monasbl', $2, position, 1, true, now() - interval '12 minutes' from signal
          where organisation_id = $1 and account_id is null order by position desc limit 1`,
      [tilleuls, String(myanm.accounts.get('lecteur'))],
    )
    const page = await as('gestionnaire').go(at('?suivi=2'))
    expect(page.text).toMatch(/sur \d .*MonASBL : en retard depuis 12 min\./)
    expect(page.headers.get('refresh')).toBe(`3; url=${page.url.pathname}?suivi=3`)
    const stopped = await as('gestionnaire').follow('Ne plus actualiser')
    expect(stopped.headers.get('refresh')).toBeNull()
    expect(stopped.text).toContain('en retard depuis 12 min')
    expect((await as('responsable').go(at('?suivi=2'))).text).not.toMatch(/appliqué|en retard/)
    await as('gestionnaire').submit({ form: 'form[action$="/collegues"]' })
    await query(database, 'delete from signal')
  })
})

describe('what the register changes (4.5)', () => {
  const changes = () =>
    query<{ id: string; what: string; state: string; name: string }>(
      database,
      `select change.id, what, change.state, organisation.name
        from register_change change join organisation on organisation.id = organisation_id
        order by what`,
    )

  beforeEach(async () => {
    await query(database, `update organisation set name = 'Les Tilleuls ASBL' where id = $1`, [
      tilleuls,
    ])
  })

  test('is proposed to the GESTIONNAIRE, with a letter, and nothing is applied', async () => {
    await compareWithRegister(myanm.idp.services)
    expect(await changes()).toEqual([])
    const before = await held()
    await imports(myanm, REGISTER_UPDATE)
    await until(async () => (await changes()).length === 3)
    expect(await changes()).toMatchObject([
      { what: 'ceased', state: 'pending', name: 'Le Tremplin ASBL' },
      { what: 'name', state: 'pending', name: 'Les Tilleuls ASBL' },
      { what: 'seat', state: 'pending', name: 'Le Passage ASBL' },
    ])
    expect(await held()).toEqual(before)
    const letters = () =>
      myanm.letters.filter(({ subject }) => subject.includes('Banque-Carrefour'))
    await until(() => letters().some(({ to }) => to === 'gestionnaire@exemple.be'))
    const letter = letters().find(({ to }) => to === 'gestionnaire@exemple.be')
    expect(letter?.text).toContain(at().href)
    expect(letters().map(({ to }) => to)).not.toContain('responsable@exemple.be')
    // Renamed, moved, ceased: told within a day of the file, and the team has the one that ceased (ahead 5).
    const [soon] = await query(
      database,
      `select max(found_at) - max(imported_at) < interval '24 hours' as told
        from register_change, register_extract`,
    )
    expect(soon).toEqual({ told: true })
    const { db } = myanm.idp.services
    expect(await listCeased(db, { after: null, most: 10 })).toHaveLength(1)
  })

  test('is proposed once, however often the comparison is made, at once or again', async () => {
    const before = await changes()
    await Promise.all(Array.from({ length: 4 }, () => compareWithRegister(myanm.idp.services)))
    expect(await changes()).toEqual(before)
  })

  test('is read by the team, decided by the GESTIONNAIRE alone', async () => {
    const [, name] = await changes()
    const page = await as('responsable').go(at())
    expect(page.text).toContain('Les Grands Tilleuls')
    expect(page.text).toContain('Son gestionnaire en décide.')
    const path = `/changements/${name?.id}`
    expect((await sends('responsable', at(path), { decision: 'reprendre' })).status).toBe(403)
    const foreign = String(myanm.organisations.get('passage'))
    await sends('voisin', at(path, foreign), { decision: 'reprendre' })
    expect((await held())?.['name']).toBe('Les Tilleuls ASBL')
    expect((await changes())[1]?.state).toBe('pending')
  })

  test('set aside, it stays away; applied, it holds', async () => {
    const gestionnaire = as('gestionnaire')
    await gestionnaire.go(at())
    const applied = await gestionnaire.submit({ form: 'form[action*="/changements/"]:first' })
    expect(applied.text).toContain('le changement est repris')
    expect((await held())?.['name']).toBe('Les Grands Tilleuls')
    const passage = String(myanm.organisations.get('passage'))
    const page = await as('voisin').go(at('', passage))
    expect(page.text).toContain('Avenue Rogier 210, 1030 Schaerbeek')
    const action = page.$('form[action*="/changements/"]').first().attr('action') ?? ''
    await sends('voisin', new URL(action, myanm.issuer), { decision: 'ecarter' })
    const again = await sends('voisin', new URL(action, myanm.issuer), { decision: 'reprendre' })
    expect(again.text).toContain('Ce changement a déjà été décidé.')
    await compareWithRegister(myanm.idp.services)
    expect(await changes()).toMatchObject([
      { what: 'ceased', state: 'pending' },
      { what: 'name', state: 'applied' },
      { what: 'seat', state: 'set-aside' },
    ])
    const events = await query<{ event: string }>(
      database,
      `select event from journal where event like 'register-change-%' order by id`,
    )
    expect(events.map(({ event }) => event)).toEqual([
      ...Array.from({ length: 3 }, () => 'register-change-proposed'),
      'register-change-applied',
      'register-change-set-aside',
    ])
  })

  test('that has ceased is the team’s to know, and closes nothing by itself', async () => {
    const { db } = myanm.idp.services
    expect(await listCeased(db, { after: null, most: 10 })).toMatchObject([
      { name: 'Le Tremplin ASBL', ceasedOn: '2026-11-15', answer: 'pending' },
    ])
    const [row] = await query(
      database,
      `select state from organisation where name like 'Le Tremplin%'`,
    )
    expect(row).toEqual({ state: 'active' })
  })
})

describe('a legal form that changes (M39, 4.5)', () => {
  const pending = () =>
    query<{ before: string; after: string }>(
      database,
      `select before, after from register_change
        where what = 'form' and state = 'pending' and organisation_id = $1`,
      [tilleuls],
    )

  /** The next update of the register, by the command whoever runs MyANM types. */
  async function registerSays(form: string, number: number) {
    const folder = await mkdtemp(join(tmpdir(), 'myanm-form-'))
    const files = await filesOf(REGISTER_UPDATE)
    const headings = Object.fromEntries(
      Object.entries(files).map(([name, text]) => [name, `${text.split('\n')[0]}\n`]),
    )
    const line = `"0566.988.259","AC","000","2","${form}","","12-03-2014"\n`
    const path = await zipOf(join(folder, 'update.zip'), {
      ...headings,
      'code.csv': files['code.csv'] ?? '',
      'meta.csv': metaOf('update', number),
      'enterprise_insert.csv': `${headings['enterprise_insert.csv']}${line}`,
    })
    const { stdout } = await promisify(execFile)(process.execPath, [IMPORT, path], {
      env: commandEnvironment(database),
    })
    expect(stdout).toContain('1 modifiée')
    await rm(folder, { recursive: true })
  }

  test('is proposed, not applied, and what it decides is said', async () => {
    await registerSays('125', 3)
    await until(async () => (await pending()).length === 1)
    expect(await pending()).toEqual([{ before: '017', after: '125' }])
    expect(await held()).toMatchObject({ legal_form: '017' })
    const page = await as('gestionnaire').go(at())
    expect(page.text).toContain('donne une autre forme légale à votre organisme')
    expect(page.text).toContain('Association internationale sans but lucratif')
    expect(page.text).toContain('certains services')
  })

  test('taken over, it holds, and whether the organisation is marchand stays as it was', async () => {
    await as('gestionnaire').go(at())
    const page = await as('gestionnaire').submit({ form: 'form[action*="/changements/"]:first' })
    expect(page.text).toContain('la forme légale est reprise')
    expect(await held()).toMatchObject({ legal_form: '125', nonprofit: true })
    expect(await pending()).toEqual([])
  })

  test('set aside, nothing changes; the one that follows it is proposed in its place', async () => {
    await registerSays('610', 4)
    await until(async () => (await pending()).length === 1)
    await registerSays('017', 5)
    await until(async () => (await pending())[0]?.after === '017')
    await as('gestionnaire').go(at())
    const aside = 'form[action*="/changements/"]:has([value="ecarter"])'
    const page = await as('gestionnaire').submit({ form: aside })
    expect(page.text).toContain('rien ne change')
    expect(await held()).toMatchObject({ legal_form: '125', nonprofit: true })
  })
})

test('an organisation the team has not looked at is listed until somebody has', async () => {
  const { db } = myanm.idp.services
  await query(database, 'update organisation set to_check = true where id = $1', [tilleuls])
  expect(await listToCheck(db, { after: null, most: 10 })).toMatchObject([
    { id: tilleuls, registerName: 'Les Grands Tilleuls' },
  ])
  const by = String(myanm.accounts.get('staff'))
  const check = () =>
    db.transaction().execute((tx) => markChecked(tx, { organisation: tilleuls, by }))
  expect([await check(), await check()]).toEqual([true, false])
  expect(await listToCheck(db, { after: null, most: 10 })).toEqual([])
})
