import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  arrange,
  arrangeState,
  newVisitor,
  PASSWORD,
  query,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  typeCredentials,
  type Visitor,
  withDatabase,
} from '@myanm/testing'
import { onTheWire, type Wire } from './stage/wire.ts'

let database: TestDatabase
let myanm: TestIdp
let wire: Wire

beforeAll(async () => {
  database = await withDatabase()
  myanm = await startTestIdp({ database })
  wire = onTheWire(myanm.issuer)
})

afterAll(async () => {
  await myanm.stop()
  await database.drop()
})

const at = (path: string) => new URL(path, myanm.issuer)
const idOf = (key: string) => String(myanm.accounts.get(key))

/** Somebody on a page of their account, signed in just now. */
async function arrive(key: string, path = '/compte'): Promise<Visitor> {
  const visitor = newVisitor()
  await visitor.go(at(path))
  await typeCredentials(visitor, `${key}@exemple.be`)
  if (visitor.page?.url.pathname !== path) throw new Error(visitor.page?.text)
  return visitor
}

const accountOf = async (key: string) =>
  (await query(database, 'select * from account where id = $1', [idOf(key)]))[0]
const profileOf = async (key: string) =>
  (await query(database, 'select * from profile where account_id = $1', [idOf(key)]))[0]
const eventsOf = async (key: string, event: string) =>
  query(database, 'select * from journal where account_id = $1 and event = $2', [idOf(key), event])

const words = (visitor: Visitor) => visitor.page?.text ?? ''
const valueOf = (visitor: Visitor, name: string) =>
  visitor.page?.$(`main [name=${name}]`).attr('value')

/** The last sign-in of every session of a person, so many minutes ago. */
const age = (key: string, minutes: number) =>
  query(
    database,
    `update oidc_artefact
      set payload = jsonb_set(payload::jsonb, '{loginTs}',
        to_jsonb(extract(epoch from now())::int - $2::int * 60))::json
      where kind = 'Session' and account_id = $1`,
    [idOf(key), minutes],
  )

describe('the first page of my account', () => {
  test('says who I am, where I act and which sites are mine', async () => {
    const visitor = await arrive('multi')
    for (const seen of ['Multi Dupont', 'multi@exemple.be', 'Les Tilleuls ASBL', 'Le Passage ASBL'])
      expect(words(visitor)).toContain(seen)
    expect(words(visitor)).not.toContain('Mon bilan en ligne')
  })

  test('every page beside it is there', async () => {
    const visitor = await arrive('lecteur')
    const pages = visitor.page?.$('.side-navigation a').toArray() ?? []
    expect(pages.length).toBeGreaterThanOrEqual(6)
    for (const page of pages) {
      const path = String(visitor.page?.$(page).attr('href'))
      expect([path, (await visitor.go(at(path))).status]).toEqual([path, 200])
      expect(visitor.page?.$('.side-navigation [aria-current=page]').attr('href')).toBe(path)
      await visitor.go(at('/compte'))
    }
  })

  test('shows a private person nothing of organisations, enterprise numbers or teams (M18)', async () => {
    const visitor = await arrive('particulier')
    for (const path of ['/compte', '/compte/identite']) {
      await visitor.go(at(path))
      expect(visitor.page?.html).not.toMatch(/BCE|numero_bce|TVA|Équipe|Facture/)
    }
  })

  test('names what deserves attention, and only when there is something', async () => {
    const visitor = await arrive('collegue')
    expect(words(visitor)).not.toContain('Il manque votre nom')
    expect(words(visitor)).not.toContain('Nos e-mails ne vous arrivent pas')
    // Offered, not imposed: the way there is one card among others.
    expect(visitor.page?.$('main .card a[href="/compte/securite"]')).toHaveLength(1)
    await query(
      database,
      `insert into letter (account_id, code, state, settled_at) values ($1, 'activated', 'bounced', now())`,
      [idOf('collegue')],
    )
    await arrange(database, 'update account set family_name = null where id = $1', [
      idOf('collegue'),
    ])
    await visitor.go(at('/compte'))
    expect(words(visitor)).toContain('Il manque votre nom')
    expect(words(visitor)).toContain('Nos e-mails ne vous arrivent pas')
    await arrange(database, "update account set family_name = 'Dupont' where id = $1", [
      idOf('collegue'),
    ])
  })

  test.each([
    '/compte',
    '/compte/identite',
    '/compte/connexion',
    '/compte/sessions',
    '/compte/sites',
  ])('is for its person only: %s asks a stranger to sign in, and comes back', async (path) => {
    const visitor = newVisitor()
    await visitor.go(at(path))
    expect(visitor.page?.url.pathname).toMatch(/^\/connexion\//)
    await typeCredentials(visitor, 'voisin')
    expect(visitor.page?.url.pathname).toBe(path)
    expect(visitor.page?.headers.get('cache-control')).toContain('no-store')
  })
})

describe('who I am', () => {
  const typed = {
    civilite: 'madame',
    prenom: ' Anne-Sophie ',
    nom: "O'Neill",
    telephone: '0470/12.34.56',
    rue: 'Rue Haute 12',
    code_postal: '5000',
    localite: 'Namur',
  }

  test('is kept as told, and shown as it is written here', async () => {
    const visitor = await arrive('particulier', '/compte/identite')
    await visitor.submit({ fields: typed })
    expect(words(visitor)).toContain('Vos données sont enregistrées.')
    expect(valueOf(visitor, 'prenom')).toBe('Anne-Sophie')
    expect(valueOf(visitor, 'telephone')).toBe('0470 12 34 56')
    expect(await accountOf('particulier')).toMatchObject({
      given_name: 'Anne-Sophie',
      family_name: "O'Neill",
    })
    expect(await profileOf('particulier')).toMatchObject({
      civility: 'madame',
      phone: '+32470123456',
      street: 'Rue Haute 12',
      postcode: '5000',
      locality: 'Namur',
      version: 1,
    })
    expect(await eventsOf('particulier', 'profile-changed')).toHaveLength(1)
    // Said once: opened again, the page has nothing to announce.
    await visitor.go(at('/compte/identite'))
    expect(words(visitor)).not.toContain('Vos données sont enregistrées.')
    // The sites hear the new name at their next reading.
    const { access } = await wire.tokensOf(visitor)
    expect((await wire.userinfo(access)).body['name']).toBe("Anne-Sophie O'Neill")
  })

  test.each([
    ['telephone', '12', 'Indiquez un numéro de téléphone, par exemple 04 66 56 89 78.'],
    ['prenom', '', 'Prénom : ce champ est obligatoire.'],
    ['nom', '  ', 'Nom : ce champ est obligatoire.'],
    ['nom', 'www.exemple.be', 'Nom : écrivez-le en lettres'],
    ['prenom', 'x'.repeat(61), 'Prénom : écrivez-le en lettres'],
    ['code_postal', '<b>', 'Indiquez un code postal'],
    ['rue', `Rue\u202eHaute`, 'un caractère qui ne se voit pas'],
    ['localite', 'x'.repeat(121), 'trop long'],
    ['civilite', 'docteur', 'Choisissez une civilité'],
    ['version', 'x', 'Tapez-le à nouveau'],
  ])(
    'with a mistake in %s (%s) nothing is saved and nothing typed is lost',
    async (field, value, message) => {
      const before = [await profileOf('lecteur'), await accountOf('lecteur')]
      const visitor = await arrive('lecteur', '/compte/identite')
      await visitor.submit({ fields: { ...typed, [field]: value } })
      expect(visitor.page?.status).toBe(422)
      expect(words(visitor)).toContain(message)
      for (const [name, text] of Object.entries(typed)) {
        if (name !== field && name !== 'civilite') expect(valueOf(visitor, name)).toBe(text)
      }
      expect([await profileOf('lecteur'), await accountOf('lecteur')]).toEqual(before)
    },
  )

  test('in two tabs at once: the second is told, sees what was saved, and decides (E40)', async () => {
    const one = await arrive('collaborateur', '/compte/identite')
    const other = await arrive('collaborateur', '/compte/identite')
    await one.submit({ fields: { rue: 'Rue Haute 1', localite: 'Namur' } })
    await other.submit({ fields: { rue: 'Rue Basse 2' } })
    expect(other.page?.status).toBe(409)
    expect(words(other)).toContain(
      "Cette page a été modifiée entre-temps par Collaborateur Dupont. Rechargez-la avant d'enregistrer.",
    )
    expect(words(other)).toContain('Enregistré entre-temps : Rue Haute 1')
    expect(valueOf(other, 'rue')).toBe('Rue Basse 2')
    expect((await profileOf('collaborateur'))?.['street']).toBe('Rue Haute 1')
    await other.submit({ fields: { localite: 'Namur' } })
    expect(words(other)).toContain('Vos données sont enregistrées.')
    expect(await profileOf('collaborateur')).toMatchObject({ street: 'Rue Basse 2', version: 2 })
  })

  test('twenty saves at once of one version: one is first, the others are told', async () => {
    const tabs = await Promise.all(
      Array.from({ length: 5 }, () => arrive('responsable', '/compte/identite')),
    )
    await Promise.all(tabs.map((tab, number) => tab.submit({ fields: { rue: `Rue ${number}` } })))
    const statuses = tabs.map((tab) => tab.page?.status).sort()
    expect(statuses).toEqual([200, 409, 409, 409, 409])
    expect((await profileOf('responsable'))?.['version']).toBe(1)
  })

  test('a form that names columns changes none of them (F42)', async () => {
    const visitor = await arrive('voisin', '/compte/identite')
    const columns = await query<{ table_name: string; column_name: string }>(
      database,
      `select table_name, column_name from information_schema.columns
        where table_schema = 'idp' and table_name in ('account', 'profile')`,
    )
    const before = await accountOf('voisin')
    const forged = Object.fromEntries(columns.map(({ column_name }) => [column_name, 'deleted']))
    await visitor.submit({
      fields: {
        ...forged,
        version: '0',
        account_type: 'independant',
        state: 'suspended',
        id: idOf('multi'),
        account: idOf('multi'),
        profession: 'Roi',
        numero_bce: '0314595348',
        statut_tva: 'exempte',
        email: 'autre@exemple.be',
        __proto__: 'x',
      },
    })
    expect(words(visitor)).toContain('Vos données sont enregistrées.')
    expect(await accountOf('voisin')).toEqual(before)
    expect(await profileOf('voisin')).toMatchObject({
      profession: null,
      bce: null,
      vat_status: null,
      terms_version: null,
    })
  })
})

describe('another profile for the same account (M17)', () => {
  const work = { profession: 'Logopède', numero_bce: 'BE 0314.595.348', statut_tva: 'exempte' }

  test('a private person becomes independent, with a valid enterprise number only', async () => {
    const visitor = await arrive('particulier', '/compte/identite')
    const before = await accountOf('particulier')
    await visitor.follow('Je travaille comme indépendant')
    await visitor.submit({ fields: { ...work, numero_bce: '0123456789' } })
    expect(visitor.page?.status).toBe(422)
    expect(words(visitor)).toContain(
      "Ce numéro d'entreprise n'est pas valide. Il compte 10 chiffres et commence par 0 ou 1, par exemple 0314.595.348.",
    )
    expect(valueOf(visitor, 'profession')).toBe('Logopède')
    await visitor.submit({ fields: work })
    expect(words(visitor)).toContain('Votre compte est maintenant celui d’un indépendant.')
    expect(valueOf(visitor, 'numero_bce')).toBe('0314.595.348')
    expect(await profileOf('particulier')).toMatchObject({
      profession: 'Logopède',
      bce: '0314595348',
      vat_status: 'exempte',
    })
    const after = await accountOf('particulier')
    expect(after?.['rights_version']).toBeGreaterThan(Number(before?.['rights_version']))
    const { access } = await wire.tokensOf(visitor)
    expect((await wire.userinfo(access)).body['account_type']).toBe('independant')

    // What they told of their work is theirs to change from now on.
    await visitor.go(at('/compte/identite'))
    await visitor.submit({ fields: { profession: 'Psychologue', numero_bce: '' } })
    expect(words(visitor)).toContain('Numéro d’entreprise : ce champ est obligatoire.')
    await visitor.submit({ fields: { numero_bce: '0314595348' } })
    expect((await profileOf('particulier'))?.['profession']).toBe('Psychologue')
  })

  test('and back, which erases what was told of the work', async () => {
    const visitor = await arrive('particulier', '/compte/identite')
    await visitor.follow('Je ne travaille plus comme indépendant')
    expect(words(visitor)).toContain('sont effacés')
    await visitor.submit()
    expect(words(visitor)).toContain('Votre compte n’est plus celui d’un indépendant.')
    expect((await accountOf('particulier'))?.['account_type']).toBe('particulier')
    expect(await profileOf('particulier')).toMatchObject({
      profession: null,
      bce: null,
      vat_status: null,
      phone: '+32470123456',
    })
  })

  test('who belongs to an organisation is a member again, not a private person (5.1)', async () => {
    const visitor = await arrive('multi', '/compte/identite/independant')
    await visitor.submit({ fields: work })
    expect((await accountOf('multi'))?.['account_type']).toBe('independant')
    await visitor.go(at('/compte/identite/particulier'))
    await visitor.submit()
    expect((await accountOf('multi'))?.['account_type']).toBe('organisme')
  })
})

describe('another login', () => {
  test('works at once in any spelling, and the old one no longer', async () => {
    const visitor = await arrive('collegue', '/compte/connexion')
    await visitor.go(at('/compte/connexion/login'))
    await visitor.submit({ fields: { login: '  Coline d’Hondt  ' } })
    expect(words(visitor)).toContain('Votre login est changé.')
    expect((await accountOf('collegue'))?.['login']).toBe('Coline d’Hondt')
    const again = newVisitor()
    await again.go(at('/compte'))
    await typeCredentials(again, 'COLINE D’HONDT')
    expect(again.page?.url.pathname).toBe('/compte')
    const old = newVisitor()
    await old.go(at('/compte'))
    await typeCredentials(old, 'collegue')
    expect(words(old)).toContain('Identifiant ou mot de passe incorrect.')
    expect(await eventsOf('collegue', 'login-changed')).toHaveLength(1)
  })

  test.each([
    ['VOISIN', "Le nom d'utilisateur VOISIN est déjà pris."],
    ['ｖｏｉｓｉｎ', "Le nom d'utilisateur ｖｏｉｓｉｎ est déjà pris."],
    ['voisin@exemple.be', 'Un login avec @ doit être votre propre adresse e-mail.'],
    ['personne@exemple.be', 'Un login avec @ doit être votre propre adresse e-mail.'],
    ['a<b>', "Le nom d'utilisateur contient un caractère interdit."],
    ['', 'Login : ce champ est obligatoire.'],
    ['x'.repeat(61), 'trop long'],
  ])('is refused when it is « %s »', async (login, message) => {
    const visitor = await arrive('candidat', '/compte/connexion/login')
    await visitor.submit({ fields: { login } })
    expect(visitor.page?.status).toBe(422)
    expect(words(visitor)).toContain(message)
    expect(valueOf(visitor, 'login')).toBe(login)
    expect((await accountOf('candidat'))?.['login']).toBe('candidat')
  })

  test('may be one’s own address', async () => {
    const visitor = await arrive('candidat', '/compte/connexion/login')
    await visitor.submit({ fields: { login: 'Candidat@Exemple.be' } })
    expect(words(visitor)).toContain('Votre login est changé.')
  })

  test('chosen by two at once is one person’s (F27)', async () => {
    const people = ['lecteur', 'gestionnaire', 'academie', 'conseiller']
    const visitors = await Promise.all(people.map((key) => arrive(key, '/compte/connexion/login')))
    await Promise.all(
      visitors.map((visitor, number) =>
        visitor.submit({ fields: { login: number % 2 ? 'Le Même' : 'LE MÊME' } }),
      ),
    )
    const statuses = visitors.map((visitor) => visitor.page?.status).sort()
    expect(statuses).toEqual([200, 422, 422, 422])
    const { length } = await query(
      database,
      "select from account where identifier_key(login) = identifier_key('le même')",
    )
    expect(length).toBe(1)
  })
})

describe('another password', () => {
  const renewed = 'une autre phrase bien longue'

  test('keeps this browser, signs the others out and tells the person (ML6)', async () => {
    const visitor = await arrive('independant', '/compte/connexion/mot-de-passe')
    const elsewhere = await arrive('independant')
    const tokens = await wire.tokensOf(elsewhere)
    const own = await wire.tokensOf(visitor)
    await visitor.go(at('/compte/connexion/mot-de-passe'))
    await visitor.submit({ fields: { mot_de_passe: renewed, confirmation: renewed } })
    expect(words(visitor)).toContain('Votre mot de passe est changé.')
    expect((await elsewhere.go(at('/compte'))).url.pathname).toMatch(/^\/connexion\//)
    expect((await wire.userinfo(tokens.access)).status).toBe(401)
    expect((await wire.refresh(tokens.refresh)).status).toBe(400)
    expect((await wire.userinfo(own.access)).status).toBe(200)
    expect((await visitor.go(at('/compte'))).url.pathname).toBe('/compte')

    const again = newVisitor()
    await again.go(at('/compte'))
    await typeCredentials(again, 'independant')
    expect(words(again)).toContain('Identifiant ou mot de passe incorrect.')
    await again.submit({ fields: { mot_de_passe: renewed } })
    expect(again.page?.url.pathname).toBe('/compte')
  })

  test.each([
    ['court', 'court', 'au moins 12 caractères'],
    [renewed, `${renewed}!`, 'Les deux mots de passe ne correspondent pas.'],
    ['lecteur lecteur lecteur', 'lecteur lecteur lecteur', 'difficile à deviner'],
  ])('is refused when it is « %s », « %s »', async (password, confirmation, message) => {
    const visitor = await arrive('voisin', '/compte/connexion/mot-de-passe')
    const before = (await accountOf('voisin'))?.['password_hash']
    const own = password.replaceAll('lecteur', 'voisin')
    await visitor.submit({
      fields: { mot_de_passe: own, confirmation: confirmation.replaceAll('lecteur', 'voisin') },
    })
    expect(visitor.page?.status).toBe(422)
    expect(words(visitor)).toContain(message)
    expect(visitor.page?.html).not.toContain(own)
    expect((await accountOf('voisin'))?.['password_hash']).toBe(before)
  })
})

describe('what changes how one comes in', () => {
  const SENSITIVE = [
    '/compte/connexion/login',
    '/compte/connexion/adresse',
    '/compte/connexion/mot-de-passe',
  ]

  test.each(SENSITIVE)(
    'asks again who has signed in more than ten minutes ago: %s',
    async (path) => {
      const visitor = await arrive('voisin')
      await age('voisin', 11)
      await visitor.go(at(path))
      expect(visitor.page?.url.pathname).toMatch(/^\/connexion\//)
      await typeCredentials(visitor, 'voisin', PASSWORD)
      expect(visitor.page?.url.pathname).toBe(path)
    },
  )

  test.each([
    ['/compte/connexion/login', { login: 'nouveau' }],
    ['/compte/connexion/adresse', { email: 'nouveau@exemple.be' }],
    [
      '/compte/connexion/mot-de-passe',
      { mot_de_passe: 'x'.repeat(20), confirmation: 'x'.repeat(20) },
    ],
  ])('a form sent late changes nothing: %s', async (path, fields) => {
    const visitor = await arrive('voisin', path)
    const before = await accountOf('voisin')
    await age('voisin', 11)
    await visitor.submit({ fields })
    expect(visitor.page?.url.pathname).toMatch(/^\/connexion\//)
    expect(await accountOf('voisin')).toEqual(before)
  })
})

/** Every form of these pages, with what a right answer would be. */
const FORMS: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['/compte/identite', { version: '0', prenom: 'Autre', nom: 'Autre' }],
  [
    '/compte/identite/independant',
    { version: '0', profession: 'Autre', numero_bce: '0314595348', statut_tva: '' },
  ],
  ['/compte/identite/particulier', {}],
  ['/compte/connexion/login', { login: 'autre' }],
  ['/compte/connexion/adresse', { email: 'autre@exemple.be' }],
  ['/compte/connexion/adresse/renvoyer', {}],
  ['/compte/connexion/adresse/annuler', {}],
  ['/compte/connexion/adresse/code', { code: '12345678' }],
  [
    '/compte/connexion/mot-de-passe',
    { mot_de_passe: 'x'.repeat(20), confirmation: 'x'.repeat(20) },
  ],
  ['/compte/connexion/ancien-login', { ancien: 'ancien' }],
  ['/compte/connexion/ancien-login/envoye', { code: '12345678' }],
  ['/ancien-login/x', {}],
  ['/compte/sessions/deconnecter', { appareil: 'x' }],
  ['/compte/sessions/deconnecter-les-autres', {}],
  ['/compte/sessions/pas-moi', { appareil: 'x' }],
  ['/compte/sites/deconnecter', { site: 'guide-social' }],
  ['/compte/sites/retirer', { site: 'partner' }],
]

describe('nobody else sends these forms', () => {
  const everythingOf = async (key: string) => [
    await accountOf(key),
    await profileOf(key),
    await query(database, 'select * from proof where account_id = $1', [idOf(key)]),
    await query(database, 'select * from consent where account_id = $1', [idOf(key)]),
    (
      await query(
        database,
        "select from oidc_artefact where kind = 'Session' and account_id = $1",
        [idOf(key)],
      )
    ).length,
  ]

  test.each(FORMS)(
    '%s: not from another site, not without its token, not by GET (F30)',
    async (path, fields) => {
      const visitor = await arrive('gestionnaire')
      await wire.newCode(visitor)
      await visitor.go(at('/compte/sites'))
      const jeton = String(visitor.page?.$('input[name=jeton]').attr('value'))
      const before = await everythingOf('gestionnaire')
      const own = { origin: myanm.issuer.origin }
      const attempts: readonly (readonly [Record<string, string>, Record<string, string>])[] = [
        [{ ...fields }, own],
        [{ ...fields, jeton: 'x' }, own],
        [{ ...fields, jeton }, { origin: 'https://evil.example' }],
        [{ ...fields, jeton }, { origin: 'null' }],
        [
          { ...fields, jeton },
          { ...own, 'sec-fetch-site': 'cross-site' },
        ],
      ]
      for (const [body, headers] of attempts) {
        expect((await visitor.post(at(path), body, headers)).status).toBe(403)
      }
      const asked = at(path)
      asked.search = new URLSearchParams({ ...fields, jeton }).toString()
      expect((await visitor.go(asked)).status).toBeLessThan(500)
      expect(await everythingOf('gestionnaire')).toEqual(before)
    },
  )

  test.each(FORMS)('%s: not somebody whose account is suspended (I1)', async (path, fields) => {
    const visitor = await arrive('conseiller', '/compte/identite')
    const jeton = String(visitor.page?.$('input[name=jeton]').attr('value'))
    await arrangeState(database, idOf('conseiller'), 'suspended')
    const before = await everythingOf('conseiller')
    const origin = myanm.issuer.origin
    const page = await visitor.post(at(path), { ...fields, jeton }, { origin })
    expect(page.url.pathname).toMatch(/^\/connexion\//)
    expect(await everythingOf('conseiller')).toEqual(before)
    await arrangeState(database, idOf('conseiller'), 'active')
  })
})

test('the page a form came from is where one returns to, never another site (F31)', async () => {
  const visitor = await arrive('voisin', '/compte/connexion/login')
  const jeton = String(visitor.page?.$('input[name=jeton]').attr('value'))
  for (const referer of [
    'https://evil.example/compte',
    '//evil.example/',
    `http://${myanm.issuer.host}@evil.example/`,
    'javascript:alert(1)',
    'data:text/html,x',
  ]) {
    await age('voisin', 11)
    const page = await visitor.post(
      at('/compte/connexion/login'),
      { jeton, login: 'autre' },
      { origin: myanm.issuer.origin, referer },
    )
    expect(page.trail.every((step) => step.host === myanm.issuer.host)).toBe(true)
    visitor.page = page
    await typeCredentials(visitor, 'voisin')
    expect(visitor.page?.url.pathname).toBe('/compte/connexion/login')
  }
})
