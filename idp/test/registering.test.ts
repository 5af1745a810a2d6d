import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import {
  beginFlow,
  discover,
  type Flow,
  newVisitor,
  PASSWORD,
  query,
  redeem,
  signInAs,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  typeCredentials,
  Visitor,
  withDatabase,
} from '@myanm/testing'
import * as oauth from 'openid-client'
import {
  arrive,
  codeIn,
  fillIn,
  GOOD_PASSWORD,
  goodForm,
  lastLetterTo,
  lettersTo,
  linkIn,
  register,
} from './stage/registering.ts'

let database: TestDatabase
let myanm: TestIdp

beforeAll(async () => {
  database = await withDatabase()
  myanm = await startTestIdp({ database })
})

afterAll(async () => {
  await myanm.stop()
  await database.drop()
})

afterEach(async () => {
  await query(database, 'delete from attempt')
})

const accountOf = async (email: string) => {
  const [row] = await query<Record<string, unknown>>(
    database,
    `select account.*, profile.phone, profile.street, profile.postcode, profile.locality,
        profile.profession, profile.bce, profile.vat_status, profile.terms_version,
        profile.terms_accepted_at
      from account left join profile on profile.account_id = account.id where email = $1`,
    [email],
  )
  return row
}

/** What the site learns of whom it sees come back. */
async function whoIsBack(configuration: oauth.Configuration, flow: Flow, callback: URL) {
  const tokens = await redeem(configuration, flow, callback)
  const sub = tokens.claims()?.sub ?? ''
  const more = await oauth.fetchUserInfo(configuration, tokens.access_token, sub)
  return { ...tokens.claims(), ...more }
}

const eventsOf = async (account: unknown): Promise<string[]> => {
  const rows = await query<{ event: string }>(
    database,
    'select event from journal where account_id = $1 order by id',
    [account],
  )
  return rows.map(({ event }) => event)
}

describe('« Inscrivez-vous » (M7)', () => {
  test('is announced to sites, and leads to three profiles, one sentence each (M17)', async () => {
    const configuration = await discover(myanm.issuer, 'guide-social')
    expect(configuration.serverMetadata()['prompt_values_supported']).toContain('create')
    const { visitor, path } = await arrive(myanm)
    expect(path).toMatch(/^\/connexion\/[\w-]+\/inscription$/)
    const page = visitor.page
    expect(page?.trail.map(({ pathname }) => pathname).at(-2)).toBe(
      path.replace('/inscription', ''),
    )
    expect(page?.text).toContain('Inscription pour accéder à Guide Social')
    expect(
      page
        ?.$('a.choice')
        .toArray()
        .map((link) => page.$(link).attr('href')),
    ).toEqual(['particulier', 'independant', 'organisme'].map((profile) => `${path}/${profile}`))
    for (const detail of page?.$('.choice__detail').toArray() ?? []) {
      expect(page?.$(detail).text()).toMatch(/^[^.]+\.$/)
    }
  })

  test('is a way back to signing in for whoever has an account', async () => {
    const { visitor } = await arrive(myanm)
    await visitor.follow('Connectez-vous')
    await typeCredentials(visitor, 'particulier')
    expect(visitor.page?.url.port).toBe('9999')
    expect(visitor.page?.url.searchParams.get('code')).toBeTruthy()
  })

  test('can be cancelled: the site hears that it was', async () => {
    const { visitor } = await arrive(myanm)
    const back = await visitor.submit({ form: '.after-card form' })
    expect(back.url.searchParams.get('error')).toBe('access_denied')
  })

  test('tells who is signed in already, who goes on as they are', async () => {
    const { visitor } = await signInAs(myanm.issuer, 'particulier', { client: 'guide-social' })
    const newcomer = await arrive(myanm, { visitor })
    expect(visitor.page?.text).toContain('Vous êtes déjà connecté')
    expect(visitor.page?.text).toContain('Particulier Dupont')
    const back = await visitor.submit({ form: 'form[action$="/continuer"]' })
    const person = await whoIsBack(newcomer.configuration, newcomer.flow, back.url)
    expect(person).toMatchObject({ email: 'particulier@exemple.be' })
  })

  test('lets who is signed in make an account for somebody else, who is then signed in', async () => {
    const { visitor } = await signInAs(myanm.issuer, 'particulier', { client: 'guide-social' })
    const newcomer = await arrive(myanm, { visitor })
    await visitor.follow('Créer un autre compte')
    await fillIn(newcomer, 'autre@exemple.be')
    const back = await visitor.submit({
      fields: { code: codeIn(await lastLetterTo(myanm, 'autre@exemple.be')) },
    })
    const person = await whoIsBack(newcomer.configuration, newcomer.flow, back.url)
    expect(person).toMatchObject({ email: 'autre@exemple.be' })
  })

  test('on MyANM itself leads through the same pages to « Mon compte »', async () => {
    const visitor = new Visitor()
    const page = await visitor.go(new URL('/inscription/independant', myanm.issuer))
    expect(page.url.pathname).toMatch(/\/inscription\/independant$/)
    await visitor.go(page.url.pathname.replace('independant', 'particulier'))
    await visitor.submit({ fields: goodForm('maison@exemple.be') })
    const back = await visitor.submit({
      fields: { code: codeIn(await lastLetterTo(myanm, 'maison@exemple.be')) },
    })
    expect(back.url.href).toBe(new URL('/compte', myanm.issuer).href)
    expect(back.text).toContain('Zoé Lambert')
  })
})

describe('the form of a particulier (4.2.1)', () => {
  test('asks for what is specified, the newsletters unticked', async () => {
    const { visitor, path } = await arrive(myanm)
    const page = await visitor.go(`${path}/particulier`)
    const names = page
      .$('main form input:not([type=hidden]), main form select')
      .toArray()
      .map((field) => page.$(field).attr('name'))
    expect(names).toEqual(
      expect.arrayContaining([
        ...['prenom', 'nom', 'email', 'login', 'mot_de_passe', 'confirmation'],
        ...['langue', 'code_postal', 'conditions'],
      ]),
    )
    expect(page.$('input[type=checkbox][checked]')).toHaveLength(0)
    for (const field of ['profession', 'numero_bce', 'telephone'])
      expect(names).not.toContain(field)
  })

  test('empty, says what is missing field by field (E26), each leading to it', async () => {
    const { visitor, path } = await arrive(myanm)
    await visitor.go(`${path}/particulier`)
    const page = await visitor.submit()
    expect(page.status).toBe(422)
    for (const field of ['Prénom', 'Nom', 'Adresse e-mail', 'J’accepte les conditions']) {
      expect(page.text).toContain(`${field} : ce champ est obligatoire.`)
    }
    expect(page.text).toContain("Choisissez un mot de passe d'au moins 12 caractères")
    for (const link of page.$('.error-summary a').toArray()) {
      expect(page.$(page.$(link).attr('href') ?? 'none')).toHaveLength(1)
    }
    expect(page.$('title').text()).toMatch(/^Erreur/)
  })

  const badly = async (fields: Record<string, string>) => {
    const { page } = await register(myanm, 'quelquun@exemple.be', { fields })
    expect(page.status).toBe(422)
    return page
  }

  test.each([
    [
      { email: 'pas une adresse' },
      'Indiquez une adresse e-mail valide, par exemple prenom.nom@exemple.be.',
    ],
    [{ email: `${'a'.repeat(250)}@exemple.be` }, 'Indiquez une adresse e-mail valide'],
    [{ prenom: 'www.gagnez.example' }, 'Prénom : écrivez-le avec des lettres'],
    [{ nom: 'x'.repeat(61) }, 'Nom : écrivez-le avec des lettres'],
    [
      { login: 'zoé!' },
      "Le nom d'utilisateur contient un caractère interdit. Sont autorisés : lettres, chiffres, espace, point (.), tiret (-), apostrophe ('), tiret bas (_) et @.",
    ],
    [{ login: 'lecteur' }, "Le nom d'utilisateur lecteur est déjà pris."],
    [{ login: ' LECTEUR ' }, "Le nom d'utilisateur LECTEUR est déjà pris."],
    [{ login: 'lecteur@exemple.be' }, 'doit être la vôtre'],
    [{ login: 'personne@exemple.be' }, 'doit être la vôtre'],
    [
      { mot_de_passe: 'court', confirmation: 'court' },
      "Choisissez un mot de passe d'au moins 12 caractères, difficile à deviner.",
    ],
    [
      { mot_de_passe: 'Lambert au bord de la mer', confirmation: 'Lambert au bord de la mer' },
      'contient votre nom',
    ],
    [{ confirmation: 'autre chose que cela' }, 'Les deux mots de passe ne correspondent pas.'],
    [{ conditions: '' }, 'J’accepte les conditions : ce champ est obligatoire.'],
    [{ code_postal: '<5000>' }, 'Code postal : indiquez par exemple 5000'],
    [{ langue: 'es' }, 'Langue : choisissez-en une dans la liste.'],
  ])('refuses %j and says why', async (fields, said) => {
    const page = await badly(fields)
    expect(page.text).toContain(said)
    expect(await accountOf('quelquun@exemple.be')).toBeUndefined()
  })

  test('keeps everything typed but the passwords', async () => {
    const page = await badly({ login: 'lecteur', code_postal: 'L-1009' })
    const { prenom, nom, email, langue } = goodForm('quelquun@exemple.be')
    for (const [name, value] of Object.entries({
      prenom,
      nom,
      email,
      code_postal: 'L-1009',
      login: 'lecteur',
    })) {
      expect([name, page.$(`[name=${name}]`).attr('value')]).toEqual([name, value])
    }
    expect(page.$('[name=langue] option[selected]').attr('value')).toBe(langue)
    expect(page.$('[name=conditions]').attr('checked')).toBeDefined()
    expect(page.html).not.toContain(GOOD_PASSWORD)
  })

  test('takes one’s own address as login for no login at all', async () => {
    await register(myanm, 'adresse@exemple.be', { fields: { login: 'ADRESSE@exemple.be' } })
    expect(await accountOf('adresse@exemple.be')).toMatchObject({ login: null })
  })

  test('ignores every column nobody is asked for (F42)', async () => {
    const columns = await query<{ column_name: string }>(
      database,
      "select distinct column_name from information_schema.columns where table_schema = 'idp'",
    )
    const smuggled = Object.fromEntries(
      columns
        .filter(({ column_name: name }) => !(name in goodForm('')))
        .map(({ column_name: name }) => [name, name.endsWith('_at') ? '2020-01-01' : 'active']),
    )
    await register(myanm, 'colonnes@exemple.be', {
      fields: { ...smuggled, role: 'GESTIONNAIRE', bce: '0566988259', is_staff: 'true' },
    })
    const account = await accountOf('colonnes@exemple.be')
    expect(account).toMatchObject({
      state: 'unconfirmed',
      account_type: 'particulier',
      email_confirmed_at: null,
      must_change_password: false,
      rights_version: 1,
      bce: null,
    })
  })
})

describe('the form of an indépendant (4.2.2)', () => {
  const work = {
    profession: 'Logopède',
    numero_bce: 'BE 0400.008.697',
    rue: 'Rue de la Loi 16 bte 3',
    localite: 'Namur',
    regime_tva: 'exempte',
    telephone: '081 23 45 67',
  }

  test('asks for the work too, and keeps it as it is to be kept', async () => {
    const { page } = await register(myanm, 'logopede@exemple.be', {
      profile: 'independant',
      fields: work,
    })
    expect(page.url.pathname).toMatch(/\/confirmez$/)
    expect(await accountOf('logopede@exemple.be')).toMatchObject({
      account_type: 'independant',
      profession: 'Logopède',
      bce: '0400008697',
      street: 'Rue de la Loi 16 bte 3',
      postcode: '5000',
      locality: 'Namur',
      vat_status: 'exempte',
      phone: '+3281234567',
    })
  })

  test.each([
    [{ profession: '' }, 'Profession : ce champ est obligatoire.'],
    [{ numero_bce: '' }, 'Numéro d’entreprise (BCE) : ce champ est obligatoire.'],
    [
      { numero_bce: '0123456789' },
      "Ce numéro d'entreprise n'est pas valide. Il compte 10 chiffres et commence par 0 ou 1, par exemple 0314.595.348.",
    ],
    [{ telephone: 'le matin' }, 'Indiquez un numéro de téléphone, par exemple 04 66 56 89 78.'],
    [{ regime_tva: 'noir' }, 'Régime TVA : choisissez-en un dans la liste.'],
  ])('refuses %j and says why', async (fields, said) => {
    const { page } = await register(myanm, 'logopede2@exemple.be', {
      profile: 'independant',
      fields: { ...work, ...fields },
    })
    expect([page.status, page.text]).toEqual([422, expect.stringContaining(said)])
  })

  test('asks for no work where there is none: an address, a VAT status, a phone may wait', async () => {
    const { page } = await register(myanm, 'logopede3@exemple.be', {
      profile: 'independant',
      fields: { profession: 'Logopède', numero_bce: '0400008697', code_postal: '' },
    })
    expect(page.url.pathname).toMatch(/\/confirmez$/)
  })
})

test('whoever comes for an organisation without its number registers as a person first', async () => {
  const { visitor, path } = await arrive(myanm)
  await visitor.go(`${path}/organisme`)
  const form = await visitor.follow('Créez d’abord votre compte')
  expect(form.text).toContain('une fois inscrit, vous pourrez le lier à votre organisme')
  expect(form.text).toContain('De préférence votre adresse professionnelle')
  await visitor.submit({ fields: goodForm('pro@exemple.be') })
  expect(await accountOf('pro@exemple.be')).toMatchObject({ account_type: 'organisme' })
})

describe('once the form is sent', () => {
  test('the account waits for its address, with what was agreed to, and one mail leaves (6.1)', async () => {
    const { page } = await register(myanm, 'Nouvelle@Exemple.be')
    expect(page.status).toBe(200)
    expect(page.trail.at(-1)?.pathname).toMatch(/\/inscription\/confirmez$/)
    const account = await accountOf('Nouvelle@exemple.be')
    expect(account).toMatchObject({
      state: 'unconfirmed',
      email_confirmed_at: null,
      given_name: 'Zoé',
      family_name: 'Lambert',
      postcode: '5000',
      terms_version: expect.stringMatching(/^\d{4}/),
      terms_accepted_at: expect.any(Date),
      registered_at_client: 'guide-social',
      password_hash: expect.stringMatching(/^\$argon2id\$/),
    })
    const letters = await lettersTo(myanm, 'Nouvelle@exemple.be')
    expect(letters.map(({ subject }) => subject)).toEqual(['Confirmez votre adresse e-mail'])
    expect(await eventsOf(account?.['id'])).toEqual(['registered'])
  })

  test('the page shows the address, speaks of SPAM, takes the code, offers the rest (M49)', async () => {
    const { page, visitor } = await register(myanm, 'attend@exemple.be')
    expect(page.text).toContain('attend@exemple.be')
    expect(page.text).toContain('courriers indésirables (SPAM)')
    expect(page.text).toContain('Renvoyer l’e-mail')
    expect(page.text).toContain('Corriger l’adresse')
    expect(page.$('input[name=code][autocomplete=one-time-code]')).toHaveLength(1)
    await lettersTo(myanm, 'attend@exemple.be')
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect((await visitor.go(page.url)).text).toContain('État de l’e-mail : parti')
  })

  test('nobody signs in before the address is proven: the right password leads back here (E03)', async () => {
    await register(myanm, 'presse@exemple.be')
    const configuration = await discover(myanm.issuer, 'guide-social')
    const flow = await beginFlow(configuration)
    const visitor = newVisitor()
    await visitor.go(flow.url)
    const page = await typeCredentials(visitor, 'presse@exemple.be', GOOD_PASSWORD)
    expect(page.url.pathname).toMatch(/\/inscription\/confirmez$/)
    expect(page.text).toContain(
      "Votre adresse e-mail n'est pas encore confirmée. Vérifiez vos courriers indésirables (SPAM) ou demandez un nouvel e-mail.",
    )
    const back = await visitor.submit({
      fields: { code: codeIn(await lastLetterTo(myanm, 'presse@exemple.be')) },
    })
    const person = await whoIsBack(configuration, flow, back.url)
    expect(person).toMatchObject({ email: 'presse@exemple.be', email_verified: true })
  })
})

describe('the code of the mail', () => {
  test('opens the account and leads back to the site, signed in (M10, M50)', async () => {
    const { visitor, configuration, flow } = await register(myanm, 'code@exemple.be')
    const code = codeIn(await lastLetterTo(myanm, 'code@exemple.be'))
    const back = await visitor.submit({ fields: { code } })
    expect(back.url.origin).toBe('http://localhost:9999')
    const person = await whoIsBack(configuration, flow, back.url)
    expect(person).toMatchObject({
      email: 'code@exemple.be',
      email_verified: true,
      account_type: 'particulier',
      amr: ['pwd'],
    })
    const account = await accountOf('code@exemple.be')
    expect(account).toMatchObject({ state: 'active', email_confirmed_at: expect.any(Date) })
    expect(await eventsOf(account?.['id'])).toEqual(
      expect.arrayContaining(['registered', 'email-confirmed', 'signed-in']),
    )
    const subjects = (await lettersTo(myanm, 'code@exemple.be', 2)).map(({ subject }) => subject)
    expect(subjects).toContain('Votre compte MyANM est activé')
    const left = await query(database, 'select from registration where email = $1', [
      'code@exemple.be',
    ])
    expect(left).toHaveLength(0)
  })

  test('asks for the newsletters that were ticked, each to be confirmed once more (ML28)', async () => {
    const { visitor } = await register(myanm, 'lectrice@exemple.be', {
      fields: { newsletters: 'emploi' },
    })
    const letter = await lastLetterTo(myanm, 'lectrice@exemple.be')
    const asked = 'select newsletter, event, how from newsletter_consent'
    expect(await query(database, asked)).toEqual([])
    await visitor.submit({ fields: { code: codeIn(letter) } })
    expect(await query(database, asked)).toEqual([
      { newsletter: 'emploi', event: 'asked', how: 'registration' },
    ])
    const letters = await lettersTo(myanm, 'lectrice@exemple.be', 3)
    expect(letters.map(({ subject }) => subject).join()).toContain('Confirmez votre inscription')
  })

  test('wrong, says so and lets try again', async () => {
    const { visitor } = await register(myanm, 'faux@exemple.be')
    const letter = await lastLetterTo(myanm, 'faux@exemple.be')
    const page = await visitor.submit({ fields: { code: '0000 0000' } })
    expect(page.status).toBe(422)
    expect(page.text).toContain('Ce code n’est pas le bon')
    const back = await visitor.submit({ fields: { code: codeIn(letter).replace(' ', '') } })
    expect(back.url.port).toBe('9999')
  })
})

describe('the link of the mail', () => {
  test('in the browser that registered: one button, and back on the site, signed in', async () => {
    const { visitor, configuration, flow } = await register(myanm, 'lien@exemple.be')
    const page = await visitor.go(linkIn(await lastLetterTo(myanm, 'lien@exemple.be')))
    expect(page.text).toContain('lien@exemple.be')
    expect(page.$('input[type=password]')).toHaveLength(0)
    const back = await visitor.submit()
    const person = await whoIsBack(configuration, flow, back.url)
    expect(person).toMatchObject({ email: 'lien@exemple.be' })
  })

  test('in another browser asks for the password chosen, then leads to the site (M50)', async () => {
    await register(myanm, 'ailleurs@exemple.be')
    const link = linkIn(await lastLetterTo(myanm, 'ailleurs@exemple.be'))
    const phone = new Visitor()
    const page = await phone.go(link)
    expect(page.$('input[type=password][autocomplete=current-password]')).toHaveLength(1)
    expect(page.text).toContain('Mot de passe oublié ?')
    const empty = await phone.submit()
    expect([empty.status, empty.text]).toEqual([
      422,
      expect.stringContaining('Indiquez le mot de passe'),
    ])
    const wrong = await phone.submit({ fields: { mot_de_passe: 'ce-n-est-pas-cela' } })
    expect([wrong.status, wrong.text]).toEqual([
      422,
      expect.stringContaining('Ce n’est pas le mot de passe'),
    ])
    expect(await accountOf('ailleurs@exemple.be')).toMatchObject({ state: 'unconfirmed' })
    const done = await phone.submit({ fields: { mot_de_passe: GOOD_PASSWORD } })
    expect(done.text).toContain('Votre compte est activé')
    expect(done.$('a.govuk-button').attr('href')).toBe('http://localhost:9999')
    expect(await accountOf('ailleurs@exemple.be')).toMatchObject({ state: 'active' })
  })

  test('after its journey has ended still confirms, and says where to go', async () => {
    const { visitor, path } = await register(myanm, 'plustard@exemple.be')
    const uid = path.split('/')[2]
    await query(database, "delete from oidc_artefact where kind = 'Interaction'")
    expect(uid).toBeTruthy()
    const page = await visitor.go(linkIn(await lastLetterTo(myanm, 'plustard@exemple.be')))
    expect(page.status).toBe(200)
    const done = await visitor.submit()
    expect([done.status, done.text]).toEqual([
      200,
      expect.stringContaining('Votre compte est activé'),
    ])
  })

  test('used, says that the account is open and leads on', async () => {
    const { visitor } = await register(myanm, 'deuxfois@exemple.be')
    const link = linkIn(await lastLetterTo(myanm, 'deuxfois@exemple.be'))
    await visitor.go(link)
    await visitor.submit()
    await query(database, "update proof set used_at = used_at - interval '2 minutes'")
    const again = await visitor.go(link)
    expect(again.text).toContain('Votre compte est déjà activé')
    expect(again.text).toContain('Revenir sur Guide Social')
  })

  test('expired, says so (E05) and sends another on demand, that works', async () => {
    const { visitor } = await register(myanm, 'expire@exemple.be')
    const link = linkIn(await lastLetterTo(myanm, 'expire@exemple.be'))
    await query(
      database,
      "update proof set expires_at = now(), asked_at = now() - interval '1 day' where email = $1",
      ['expire@exemple.be'],
    )
    await query(database, "update registration set asked_at = now() - interval '1 day'")
    const page = await visitor.go(link)
    expect(page.status).toBe(410)
    expect(page.text).toContain("Ce lien n'est plus valable. Demandez-en un nouveau.")
    const sent = await visitor.submit()
    expect([sent.status, sent.text]).toEqual([200, expect.stringContaining('Un nouveau lien part')])
    const fresh = linkIn(await lastLetterTo(myanm, 'expire@exemple.be', 2))
    expect(fresh.href).not.toBe(link.href)
    await visitor.go(fresh)
    const back = await visitor.submit()
    expect(back.url.port).toBe('9999')
  })

  test('that we never made leads nowhere, with a way to begin', async () => {
    const visitor = new Visitor()
    for (const token of ['x', `${'A'.repeat(22)}.${'B'.repeat(43)}`]) {
      const page = await visitor.go(new URL(`/confirmation/${token}`, myanm.issuer))
      expect([page.status, page.text]).toEqual([404, expect.stringContaining("n'est plus valable")])
      expect(page.text).toContain('Recommencer l’inscription')
    }
  })
})

describe('« Renvoyer l’e-mail » (M48)', () => {
  const again = 'form[action$="/renvoyer"]'

  test('sends at most one a minute, with the same link', async () => {
    const { visitor } = await register(myanm, 'renvoi@exemple.be')
    const first = await lastLetterTo(myanm, 'renvoi@exemple.be')
    const soon = await visitor.submit({ form: again })
    expect(soon.text).toContain('Laissez-lui au moins une minute')
    await query(database, "update proof set asked_at = asked_at - interval '61 seconds'")
    await query(database, "update registration set asked_at = asked_at - interval '61 seconds'")
    const later = await visitor.submit({ form: again })
    expect(later.text).toContain('Un nouvel e-mail part')
    const letters = await lettersTo(myanm, 'renvoi@exemple.be', 2)
    expect(letters).toHaveLength(2)
    expect(linkIn(letters[1] ?? first).href).toBe(linkIn(first).href)
  })

  test('works for who comes back days later with the password, also of a carried-over account', async () => {
    const configuration = await discover(myanm.issuer, 'guide-social')
    const visitor = newVisitor()
    await visitor.go((await beginFlow(configuration)).url)
    const page = await typeCredentials(visitor, 'non_confirme', PASSWORD)
    expect(page.text).toContain("n'est pas encore confirmée")
    expect(page.text).not.toContain('Corriger l’adresse')
    const sent = await visitor.submit({ form: again })
    expect(sent.text).toContain('Un nouvel e-mail part')
    const letter = await lastLetterTo(myanm, 'non_confirme@exemple.be')
    const elsewhere = new Visitor()
    await elsewhere.go(linkIn(letter))
    await elsewhere.submit({ fields: { mot_de_passe: 'ce-n-est-pas-cela' } })
    const done = await elsewhere.submit({ fields: { mot_de_passe: PASSWORD } })
    expect(done.text).toContain('Votre compte est activé')
    // What was sent is done with; the page of the first browser says where to go.
    expect((await visitor.go(page.url)).text).toContain('connectez-vous')
  })
})

describe('« Corriger l’adresse » (M49)', () => {
  test('takes the account along, and the link that went to the old address dies', async () => {
    const { visitor, path } = await register(myanm, 'fautee@exemple.be')
    const old = await lastLetterTo(myanm, 'fautee@exemple.be')
    const before = await accountOf('fautee@exemple.be')
    await visitor.follow('Corriger l’adresse')
    const wrong = await visitor.submit({ fields: { email: 'pas une adresse' } })
    expect([wrong.status, wrong.$('[name=email]').attr('value')]).toEqual([422, 'pas une adresse'])
    const page = await visitor.submit({ fields: { email: 'juste@exemple.be' } })
    expect(page.url.pathname).toBe(`${path}/confirmez`)
    expect(page.text).toContain('juste@exemple.be')
    expect(await accountOf('fautee@exemple.be')).toBeUndefined()
    expect(await accountOf('juste@exemple.be')).toMatchObject({
      id: before?.['id'],
      state: 'unconfirmed',
    })

    const dead = await new Visitor().go(linkIn(old))
    expect(dead.status).toBe(410)
    expect(dead.text).not.toContain('Recevoir un nouveau lien')
    const stale = await visitor.submit({ fields: { code: codeIn(old) } })
    expect(stale.status).toBe(422)
    const back = await visitor.submit({
      fields: { code: codeIn(await lastLetterTo(myanm, 'juste@exemple.be')) },
    })
    expect(back.url.port).toBe('9999')
    expect(await accountOf('juste@exemple.be')).toMatchObject({ state: 'active' })
  })

  test('of a filled-in form sent again, too: the same account, one more mail', async () => {
    const newcomer = await register(myanm, 'retour@exemple.be')
    const before = await accountOf('retour@exemple.be')
    await fillIn(newcomer, 'retour@exemple.be', { fields: { prenom: 'Zoëlle' } })
    expect(await accountOf('retour@exemple.be')).toMatchObject({
      id: before?.['id'],
      given_name: 'Zoëlle',
    })
    await fillIn(newcomer, 'retournee@exemple.be', { fields: { login: 'zozo' } })
    await fillIn(newcomer, 'retournee@exemple.be', { fields: { login: 'zozo' } })
    expect(await accountOf('retournee@exemple.be')).toMatchObject({
      id: before?.['id'],
      login: 'zozo',
    })
    expect(await lettersTo(myanm, 'retour@exemple.be')).toHaveLength(1)
    expect(await lettersTo(myanm, 'retournee@exemple.be')).toHaveLength(1)
  })
})
