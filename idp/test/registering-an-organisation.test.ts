import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import {
  type Page,
  query,
  redeem,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  type Visitor,
  withDatabase,
} from '@myanm/testing'
import * as oauth from 'openid-client'
import {
  arrive,
  codeIn,
  goodForm,
  lastLetterTo,
  lettersTo,
  linkIn,
  type Newcomer,
} from './stage/registering.ts'
import { signsIn } from './stage/team.ts'
import { until } from './stage/until.ts'

const E08 =
  "Ce numéro d'entreprise n'est pas valide. Il compte 10 chiffres et commence par 0 ou 1, par exemple 0314.595.348."
const E09 = 'Aucun organisme actif ne porte ce numéro dans la Banque-Carrefour des Entreprises.'
const E10 =
  'Cet organisme a déjà un compte. Vous pouvez demander à le rejoindre : la demande est transmise à son gestionnaire.'

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

const NUMBERS = {
  clairiere: '0432176570',
  atelier: '0458219387',
  canal: '0471902822',
  creche: '0502647169',
  sambre: '0533109228',
  parc: '0558420684',
  cap: '0601172346',
  theatre: '0629045889',
  verviers: '0664381209',
  vijver: '0682059161',
} as const

const organisationOf = async (bce: string) => {
  const rows = await query<Record<string, unknown>>(
    database,
    `select organisation.*, profile.street, profile.postcode, profile.locality, profile.phone,
        profile.website, profile.sectors, profile.billing_email, profile.vat_status,
        (select array_agg(account.email || ' ' || membership.role)
          from membership join account on account.id = membership.account_id
          where membership.organisation_id = organisation.id and membership.state = 'active') as team
      from organisation left join organisation_profile profile
        on profile.organisation_id = organisation.id where bce = $1`,
    [bce],
  )
  return rows[0]
}

const eventsOf = async (organisation: unknown) => {
  const rows = await query<{ event: string }>(
    database,
    'select event from journal where organisation_id = $1 order by id',
    [organisation],
  )
  return rows.map(({ event }) => event)
}

/** The site sees whom come back, and for whom they act. */
async function whoIsBack({ configuration, flow }: Newcomer, callback: URL) {
  const tokens = await redeem(configuration, flow, callback)
  const sub = tokens.claims()?.sub ?? ''
  const more = await oauth.fetchUserInfo(configuration, tokens.access_token, sub)
  return { ...tokens.claims(), ...more } as Record<string, unknown>
}

const typesNumber = (newcomer: Newcomer, number: string): Promise<Page> =>
  newcomer.visitor
    .go(`${newcomer.path}/organisme`)
    .then(() => newcomer.visitor.submit({ fields: { numero_bce: number } }))

/** From the site to the form about the organisation, the person being registered. */
async function arrivesAtForm(number: string, email: string): Promise<Newcomer & { page: Page }> {
  const newcomer = await arrive(myanm)
  await typesNumber(newcomer, number)
  const page = await newcomer.visitor.submit({ fields: goodForm(email) })
  return { ...newcomer, page }
}

const valueOf = (page: Page | undefined, name: string) =>
  page?.$(`main [name=${name}]`).attr('value')

const typesCode = async (visitor: Visitor, email: string): Promise<Page> =>
  visitor.submit({ fields: { code: codeIn(await lastLetterTo(myanm, email)) } })

describe('the number comes first (4.2.3, 4.5)', () => {
  test.each([
    ['0123456789', E08],
    ['056698825', E08],
    ['n’importe quoi', E08],
    ['', 'Numéro d’entreprise (BCE) : ce champ est obligatoire.'],
    ['0400.008.697', E09],
    ['BE 0413.062.721', E09],
    ['0819402649', E09],
  ])('%j is refused, is still there, and says where to look', async (number, message) => {
    const newcomer = await arrive(myanm)
    const page = await typesNumber(newcomer, number)
    expect(page.status).toBe(422)
    expect(page.text).toContain(message)
    expect(valueOf(page, 'numero_bce') ?? '').toBe(number)
    expect(page.$('a[href^="https://kbopub.economie.fgov.be"]').attr('rel')).toBe('noopener')
  })

  test('somebody who works for themselves is shown their own profile', async () => {
    const page = await typesNumber(await arrive(myanm), '0819402649')
    expect(page.text).toContain('Choisissez le profil « En indépendant »')
  })

  test.each(['0432.176.570', 'be0432176570', '432176570', 'BE 0432 176 570'])(
    '%j is the same number in another spelling',
    async (spelling) => {
      const page = await typesNumber(await arrive(myanm), spelling)
      expect(page.url.pathname).toMatch(/\/inscription\/organisme\/personne$/)
      expect(page.text).toContain('Pour La Clairière (0432.176.570)')
    },
  )
})

describe('registering an organisation with one’s own account (4.2.3, D13)', () => {
  test('number, person, organisation, check, mail: GESTIONNAIRE, back at the site, acting for it', async () => {
    const email = 'clairiere@exemple.be'
    const newcomer = await arrivesAtForm(NUMBERS.clairiere, email)
    const { visitor, page } = newcomer
    expect(page.url.pathname).toMatch(/\/organisme\/donnees$/)
    expect(page.text).toContain('Association sans but lucratif')
    expect(page.text).toContain('0432.176.570')
    expect(valueOf(page, 'nom')).toBe('La Clairière')
    expect(valueOf(page, 'sigle')).toBe('CLA')
    expect(valueOf(page, 'rue')).toBe('Chaussée de Wavre 1015')
    expect(valueOf(page, 'localite')).toBe('Auderghem')
    expect(page.$('[name=marchand]:checked').attr('value')).toBe('non')

    const check = await visitor.submit({
      fields: {
        telephone: '02 274 48 00',
        site: 'www.clairiere.be',
        secteurs: 'handicap',
        courriel_facturation: 'compta@clairiere.be',
        regime_tva: 'exempte',
      },
    })
    expect(check.url.pathname).toMatch(/\/organisme\/verification$/)
    for (const told of [
      'La Clairière',
      '1160 Auderghem',
      'https://www.clairiere.be/',
      'Handicap',
    ]) {
      expect(check.text).toContain(told)
    }
    expect(check.text).toContain('Vous êtes gestionnaire de cet organisme')

    const waiting = await visitor.submit({ form: 'form[action$="/verification"]' })
    expect(waiting.url.pathname).toMatch(/\/confirmez$/)
    expect(waiting.text).toContain('Votre organisme sera inscrit en même temps')
    expect(await organisationOf(NUMBERS.clairiere)).toBeUndefined()

    const back = await typesCode(visitor, email)
    const here = await organisationOf(NUMBERS.clairiere)
    expect(here).toMatchObject({
      name: 'La Clairière',
      acronym: 'CLA',
      legal_form: '017',
      nonprofit: true,
      is_public: false,
      state: 'active',
      to_check: true,
      street: 'Chaussée de Wavre 1015',
      phone: '+3222744800',
      website: 'https://www.clairiere.be/',
      sectors: ['handicap'],
      billing_email: 'compta@clairiere.be',
      vat_status: 'exempte',
      team: [`${email} GESTIONNAIRE`],
    })
    expect(await eventsOf(here?.['id'])).toEqual(
      expect.arrayContaining(['organisation-registered', 'membership-added']),
    )
    expect(await whoIsBack(newcomer, back.url)).toMatchObject({
      email,
      org: expect.objectContaining({ id: here?.['id'], role: 'GESTIONNAIRE' }),
    })
    expect(await query(database, 'select from organisation_draft')).toEqual([])
  })

  test('every mistake at once, and nothing typed is lost', async () => {
    const { visitor } = await arrivesAtForm(NUMBERS.atelier, 'fautes@exemple.be')
    const page = await visitor.submit({
      fields: {
        nom: '',
        rue: '<b>',
        code_postal: 'Liège',
        telephone: '12',
        courriel: 'pas une adresse',
        site: 'pas un site',
        secteurs: 'sante',
        regime_tva: 'franchise',
      },
    })
    expect(page.status).toBe(422)
    for (const message of [
      'Raison sociale : ce champ est obligatoire.',
      'Code postal : indiquez par exemple 5000',
      'Indiquez un numéro de téléphone, par exemple 04 66 56 89 78.',
      'Indiquez une adresse e-mail valide',
      'Site web : indiquez une adresse',
    ]) {
      expect(page.text).toContain(message)
    }
    expect(valueOf(page, 'courriel')).toBe('pas une adresse')
    expect(page.$('[name=secteurs]:checked').attr('value')).toBe('sante')
    expect(page.$('[name=regime_tva]:checked').attr('value')).toBe('franchise')
    expect(page.text).not.toContain('organisation-data.')
  })

  test('the mail is followed before the form is finished: it goes on where it was', async () => {
    const email = 'pressee@exemple.be'
    const newcomer = await arrivesAtForm(NUMBERS.atelier, email)
    const { visitor } = newcomer
    await visitor.go(linkIn(await lastLetterTo(myanm, email)))
    const form = await visitor.submit({ form: 'main form' })
    expect(form.url.pathname).toMatch(/\/organisme\/donnees$/)
    expect(valueOf(form, 'nom')).toBe('Atelier des Possibles')
    await visitor.submit({})
    const back = await visitor.submit({ form: 'form[action$="/verification"]' })
    expect(await whoIsBack(newcomer, back.url)).toMatchObject({
      org: expect.objectContaining({ role: 'GESTIONNAIRE' }),
    })
  })

  test('or left for later, and taken up in the account, with all that was typed', async () => {
    const email = 'tard@exemple.be'
    const { visitor } = await arrivesAtForm(NUMBERS.canal, email)
    await visitor.submit({ fields: { sigle: 'Le Quartier' } })
    const [link] = [linkIn(await lastLetterTo(myanm, email))]
    await visitor.go(link)
    const step = await visitor.submit({ form: 'main form' })
    expect(step.url.pathname).toMatch(/\/organisme\/verification$/)
    await visitor.go(
      step.url.pathname.replace('organisme/verification', 'suite?organisme=plus-tard'),
    )
    expect(await organisationOf(NUMBERS.canal)).toBeUndefined()
    await visitor.go(new URL('/organismes/inscrire', myanm.issuer))
    const form = await visitor.submit({})
    expect(valueOf(form, 'sigle')).toBe('Le Quartier')
  })

  test('for an address that has an account, nothing comes into being (decision 15)', async () => {
    const { visitor } = await arrivesAtForm(NUMBERS.creche, 'lecteur@exemple.be')
    await visitor.submit({})
    const waiting = await visitor.submit({ form: 'form[action$="/verification"]' })
    expect(waiting.text).toContain('Votre organisme sera inscrit en même temps')
    const [letter] = await lettersTo(myanm, 'lecteur@exemple.be')
    expect(letter?.subject).toBe('Vous avez déjà un compte MyANM')
    expect(await organisationOf(NUMBERS.creche)).toBeUndefined()
  })

  test('of two who fill in one address, the organisation of whoever proves it is made', async () => {
    const email = 'deux@exemple.be'
    const stranger = await arrivesAtForm(NUMBERS.sambre, email)
    await stranger.visitor.submit({})
    await stranger.visitor.submit({ form: 'form[action$="/verification"]' })
    await query(database, `update registration set asked_at = now() - interval '2 minutes'`)
    const own = await arrivesAtForm(NUMBERS.parc, email)
    await own.visitor.submit({})
    await own.visitor.submit({ form: 'form[action$="/verification"]' })
    const letters = await lettersTo(myanm, email, 2)
    await own.visitor.submit({
      fields: { code: codeIn(letters.at(-1) as (typeof letters)[number]) },
    })
    expect(await organisationOf(NUMBERS.parc)).toMatchObject({ team: [`${email} GESTIONNAIRE`] })
    expect(await organisationOf(NUMBERS.sambre)).toBeUndefined()
  })
})

describe('an organisation that is in MyANM already (E10)', () => {
  test('is asked to let the person in, once they have registered and proven their address', async () => {
    const email = 'rejoint@exemple.be'
    const newcomer = await arrive(myanm)
    const known = await typesNumber(newcomer, '0566.988.259')
    expect(known.status).toBe(409)
    expect(known.text).toContain(E10)
    expect(known.text).toContain('Les Tilleuls ASBL')
    const { visitor } = newcomer
    await visitor.follow('Demander à rejoindre')
    await visitor.submit({ fields: goodForm(email) })
    const join = await typesCode(visitor, email)
    expect(join.url.pathname).toMatch(/\/organisme\/rejoindre$/)
    expect(join.text).toContain('Son gestionnaire verra votre prénom')
    const back = await visitor.submit({ fields: { fonction: 'Bénévole', message: 'Bonjour' } })
    expect(await whoIsBack(newcomer, back.url)).toMatchObject({ email })
    const [request] = await query(
      database,
      `select join_request.function, join_request.message, join_request.state, organisation.name
        from join_request join account on account.id = join_request.account_id
        join organisation on organisation.id = join_request.organisation_id where email = $1`,
      [email],
    )
    expect(request).toEqual({
      function: 'Bénévole',
      message: 'Bonjour',
      state: 'pending',
      name: 'Les Tilleuls ASBL',
    })
    await until(() => myanm.letters.some(({ to }) => to === 'gestionnaire@exemple.be'))
  })

  test('leads somebody signed in to the request', async () => {
    const visitor = await signsIn(myanm.issuer, 'particulier')
    await visitor.go(new URL('/organismes/inscrire', myanm.issuer))
    const page = await visitor.submit({ fields: { numero_bce: '0314595348' } })
    expect(page.status).toBe(409)
    expect(page.text).toContain(E10)
    const next = await visitor.follow('Demander à rejoindre')
    expect(next.url.pathname).toBe('/organismes/rejoindre')
    expect(next.text).toContain('Le Passage')
  })
})

describe('somebody signed in registers an organisation (/organismes/inscrire)', () => {
  const begins = async (visitor: Visitor, number: string, query = ''): Promise<Page> => {
    await visitor.go(new URL(`/organismes/inscrire${query}`, myanm.issuer))
    return visitor.submit({ fields: { numero_bce: number } })
  }

  test('and goes back to the site they came from, acting for it', async () => {
    const visitor = await signsIn(myanm.issuer, 'independant')
    const form = await begins(
      visitor,
      NUMBERS.cap,
      '?site=guide-social&page=%2Fpublier%2Femploi%3Ftype%3Dcdi',
    )
    expect(valueOf(form, 'nom')).toBe('Cap sur l’emploi')
    await visitor.submit({})
    const done = await visitor.submit({ form: 'form[action$="/verification"]' })
    const here = await organisationOf(NUMBERS.cap)
    expect(done.url.pathname).toBe(`/organismes/${String(here?.['id'])}/inscrit`)
    expect(done.text).toContain('Votre organisme est inscrit.')
    expect(here).toMatchObject({ to_check: true, team: ['independant@exemple.be GESTIONNAIRE'] })
    expect(done.$('a:contains("Continuer sur Guide Social")').attr('href')).toBe(
      `http://localhost:9999/connexion?organisation=${String(here?.['id'])}&retour=%2Fpublier%2Femploi%3Ftype%3Dcdi`,
    )
    // What an address says of a page, or of a site, never leads elsewhere (F31).
    for (const [site, page] of [
      ['guide-social', '//evil.example'],
      ['guide-social', 'https://evil.example/'],
      ['evil', '/x'],
    ]) {
      const address = new URL(`${done.url.pathname}`, myanm.issuer)
      address.search = String(new URLSearchParams({ site: site ?? '', page: page ?? '' }))
      const { html } = await visitor.go(address)
      expect(html).not.toContain('evil')
    }
    expect(
      await query(database, 'select from organisation_draft where account_id = $1', [
        myanm.accounts.get('independant'),
      ]),
    ).toEqual([])
  })

  test('in their language, where the register has it', async () => {
    await query(database, `update account set language = 'nl' where login = 'voisin'`)
    const visitor = await signsIn(myanm.issuer, 'voisin')
    const form = await begins(visitor, NUMBERS.canal)
    expect(valueOf(form, 'nom')).toBe('Buurthuis van het Kanaal')
    expect(valueOf(form, 'rue')).toBe('Koolmijnenkaai 30')
  })

  test.each([E08, E09])('is told %s', async (message) => {
    const visitor = await signsIn(myanm.issuer, 'lecteur')
    const page = await begins(visitor, message === E08 ? '0123456789' : '0413062721')
    expect(page.status).toBe(422)
    expect(page.text).toContain(message)
  })

  test('is told that its account is closed, not that the number is nobody’s, and whom to write to', async () => {
    await query(
      database,
      `insert into organisation (kind, bce, name, nonprofit, state)
        values ('organisme', '0682059161', 'Vrienden van de Vijver', true, 'closed')`,
    )
    const visitor = await signsIn(myanm.issuer, 'lecteur')
    const page = await begins(visitor, '0682.059.161')
    expect(page.status).toBe(422)
    expect(page.text).toContain('ce compte est fermé')
    expect(page.text).not.toContain(E09)
    expect(page.$('main a[href="/contact"]').text()).toContain('Écrire à l’équipe de l’ANM')
    const stranger = await typesNumber(await arrive(myanm), '0682.059.161')
    expect(stranger.text).toContain('ce compte est fermé')
  })

  test('a page of another step without a number leads to the first', async () => {
    const visitor = await signsIn(myanm.issuer, 'multi')
    for (const step of ['donnees', 'verification']) {
      const page = await visitor.go(new URL(`/organismes/inscrire/${step}`, myanm.issuer))
      expect(page.url.pathname).toBe('/organismes/inscrire')
    }
  })
})

describe('two register the same number at once', () => {
  test('in their accounts: one gets it, the other is led to the request and keeps what they typed', async () => {
    const visitors = await Promise.all(
      ['collegue', 'responsable'].map((login) => signsIn(myanm.issuer, login)),
    )
    for (const visitor of visitors) {
      await visitor.go(new URL('/organismes/inscrire', myanm.issuer))
      await visitor.submit({ fields: { numero_bce: NUMBERS.theatre } })
      await visitor.submit({ fields: { sigle: 'Typed by hand' } })
    }
    const pages = await Promise.all(
      visitors.map((visitor) => visitor.submit({ form: 'form[action$="/verification"]' })),
    )
    const won = pages.filter(({ url }) => url.pathname.endsWith('/inscrit'))
    const lost = pages.filter(({ url }) => url.pathname === '/organismes/inscrire')
    expect([won.length, lost.length]).toEqual([1, 1])
    expect(lost[0]?.text).toContain(E10)
    expect((await organisationOf(NUMBERS.theatre))?.['team']).toHaveLength(1)
    const [kept] = await query(database, 'select told from organisation_draft where bce = $1', [
      NUMBERS.theatre,
    ])
    expect(kept).toMatchObject({ told: { acronym: 'Typed by hand' } })
  })

  test('with new accounts, five of them: one gets it, the others are led to the request', async () => {
    const emails = Array.from({ length: 5 }, (_, n) => `course${n}@exemple.be`)
    const racers: Newcomer[] = []
    for (const email of emails) {
      const newcomer = await arrivesAtForm(NUMBERS.verviers, email)
      await newcomer.visitor.submit({})
      await newcomer.visitor.submit({ form: 'form[action$="/verification"]' })
      racers.push(newcomer)
    }
    const codes = await Promise.all(
      emails.map(async (email) => codeIn(await lastLetterTo(myanm, email))),
    )
    const pages = await Promise.all(
      racers.map(({ visitor }, n) => visitor.submit({ fields: { code: codes[n] ?? '' } })),
    )
    const lost = pages.filter(({ url }) => url.pathname.endsWith('/organisme/rejoindre'))
    expect(lost).toHaveLength(4)
    for (const page of lost) {
      expect(page.status).toBe(200)
      expect(page.text).toContain('quelqu’un d’autre a inscrit cet organisme')
    }
    expect((await organisationOf(NUMBERS.verviers))?.['team']).toHaveLength(1)
    const states = await query(
      database,
      `select distinct state from account where email like 'course%'`,
    )
    expect(states).toEqual([{ state: 'active' }])
  })
})
