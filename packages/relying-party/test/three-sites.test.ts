import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { answerQuestions, type Page, typeCredentials, Visitor } from '@myanm/testing'
import { type House, openHouse, type SiteName } from './stage/house.ts'

const MINUTE = 60_000

describe('MonASBL, Sweeli and Mon bilan en ligne, with MyANM', () => {
  let house: House

  beforeAll(async () => {
    house = await openHouse()
  }, 60_000)
  afterAll(() => house.close())

  const at = (site: SiteName, path = '/') => house.address(site, path)
  /** Opens a page of a site and answers whatever MyANM asks on the way. */
  const enter = async (
    login: string,
    site: SiteName,
    options: { readonly visitor?: Visitor; readonly organisation?: string } = {},
  ): Promise<{ visitor: Visitor; page: Page }> => {
    const visitor = options.visitor ?? new Visitor()
    await visitor.go(at(site, '/mon-espace'))
    if (visitor.page?.url.pathname.startsWith('/connexion/')) await typeCredentials(visitor, login)
    const page = await answerQuestions(visitor, options.organisation)
    expect(page.url.href).toBe(at(site, '/mon-espace').href)
    return { visitor, page }
  }
  const listed = (page: Page, heading: string): string[] => {
    const { $ } = page
    const title = $('h2').filter((_, element) => $(element).text().trim() === heading)
    return title
      .next('ul')
      .find('li > p:first-of-type')
      .toArray()
      .map((element) => $(element).text().trim())
  }
  const allowed = (page: Page) => listed(page, 'Vous pouvez')
  const refused = (page: Page) => listed(page, 'Pas dans votre situation actuelle')

  test.each<[SiteName, string]>([
    ['monasbl', 'Votre association, bien gérée'],
    ['sweeli', 'Trouver qui vous aide et vous soigne'],
    ['bilan', 'Faire le point sur son parcours'],
  ])('the home of %s is open to everybody', async (site, title) => {
    const page = await new Visitor().go(at(site))
    expect(page.status).toBe(200)
    expect(page.$('h1').text()).toBe(title)
    expect(page.text).toContain('Connectez-vous')
  })

  test('signed in once, the next site opens without a word', async () => {
    const { visitor, page } = await enter('collaborateur', 'monasbl')
    expect(page.text).toContain('Collaborateur Dupont · au nom de Les Tilleuls ASBL')
    const next = await visitor.go(at('sweeli', '/mon-espace'))
    expect(next.url.href).toBe(at('sweeli', '/mon-espace').href)
    expect(next.trail.every(({ pathname }) => !pathname.startsWith('/connexion/'))).toBe(true)
  })

  describe('MonASBL says what one may do there', () => {
    test('a LECTEUR reads; documents and data want another role, and the manager is named', async () => {
      const { page } = await enter('lecteur', 'monasbl')
      expect(page.text).toContain('Vous agissez au nom de Les Tilleuls ASBL, comme Lecteur')
      expect(allowed(page)).toContain('Lire les contenus réservés aux abonnés')
      expect(refused(page)).toContain('Créer des documents pré-remplis')
      expect(page.text).toContain('Demande au moins le rôle de Collaborateur')
      expect(page.text).toContain('Gestionnaire Dupont est gestionnaire')
      expect(page.text).toContain('Demander un rôle plus élevé')
    })

    test('a GESTIONNAIRE may everything', async () => {
      const { page } = await enter('gestionnaire', 'monasbl')
      expect(refused(page)).toEqual([])
      expect(allowed(page)).toContain('Modifier les données administratives et de facturation')
    })

    test('a particulier reads what is public; an indépendant may subscribe', async () => {
      const particulier = await enter('particulier', 'monasbl')
      expect(particulier.page.text).toContain('en votre nom, avec un compte particulier')
      expect(allowed(particulier.page)).toEqual(['Lire les pages publiques'])
      const independant = await enter('independant', 'monasbl')
      expect(allowed(independant.page)).toContain('Acheter un forfait ou un abonnement')
      expect(refused(independant.page)).toContain('Créer des documents pré-remplis')
    })

    test('who belongs to two organisations has the role of the one they act for', async () => {
      const { visitor, page } = await enter('multi', 'monasbl', { organisation: 'Les Tilleuls' })
      expect(refused(page)).toContain('Modifier les données administratives et de facturation')
      await visitor.follow('Choisir pour qui j’agis')
      const after = await answerQuestions(visitor, 'Le Passage')
      expect(after.url.href).toBe(at('monasbl', '/mon-espace').href)
      expect(after.text).toContain('au nom de Le Passage ASBL')
      expect(refused(after)).toEqual([])
    })
  })

  describe('Sweeli says what one may do there', () => {
    test('an indépendant keeps a page; a particulier does not', async () => {
      const independant = await enter('independant', 'sweeli')
      expect(allowed(independant.page)).toContain('Tenir votre fiche Sweeli')
      const particulier = await enter('particulier', 'sweeli')
      expect(refused(particulier.page)).toEqual(['Tenir votre fiche Sweeli'])
    })
  })

  describe('Mon bilan en ligne says what one may do there', () => {
    test('a candidate writes and reads their own', async () => {
      const { page } = await enter('candidat', 'bilan')
      expect(allowed(page)).toContain('Compléter les phases d’un bilan')
      expect(refused(page)).toContain('Ajouter un candidat ou une candidate')
    })

    test('a counsellor follows candidates, and does not write in their place', async () => {
      const { page } = await enter('conseiller', 'bilan', {
        organisation: 'Académie de Montpellier',
      })
      expect(allowed(page)).toContain('Commenter une phase et écrire une note de synthèse')
      expect(refused(page)).toContain('Compléter les phases d’un bilan')
    })

    test('who has nothing to do there is told whom it is for', async () => {
      const { page } = await enter('particulier', 'bilan')
      expect(allowed(page)).toEqual([])
      expect(page.text).toContain('Vous n’avez pas encore de place sur ce site.')
    })
  })

  test('signing out everywhere, from one site, ends the others', async () => {
    const { visitor } = await enter('responsable', 'monasbl')
    await enter('responsable', 'sweeli', { visitor })
    await visitor.go(at('monasbl', '/deconnexion'))
    const after = await visitor.submit({ form: 'form:has([name=partout][value=oui])' })
    expect(after.url.href).toBe(at('monasbl', '/deconnecte').href)
    expect(after.text).toContain('Vous êtes déconnecté·e')
    const isOut = async () => (await visitor.request(at('sweeli', '/mon-espace'))).status === 303
    for (let patience = 100; !(await isOut()) && patience > 0; patience -= 1) await pause(50)
    expect(await isOut()).toBe(true)
  })

  test('signing out here leaves the others open, and signing in again asks nothing', async () => {
    const { visitor } = await enter('responsable', 'monasbl')
    await enter('responsable', 'sweeli', { visitor })
    await visitor.go(at('monasbl', '/deconnexion'))
    const after = await visitor.submit({ form: 'form:has([name=partout][value=non])' })
    expect(after.url.href).toBe(at('monasbl').href)
    expect(after.text).toContain('Vous êtes déconnecté·e de ce site.')
    expect((await visitor.request(at('sweeli', '/mon-espace'))).status).toBe(200)
    const again = await visitor.go(at('monasbl', '/mon-espace'))
    expect(again.url.href).toBe(at('monasbl', '/mon-espace').href)
  })

  // Last: time passes for the sites only, and they would take MyANM's sign-outs for old ones.
  test('parallel refreshes at MyANM sign nobody out', async () => {
    const { visitor } = await enter('collegue', 'monasbl')
    for (let round = 0; round < 3; round += 1) {
      house.pass(11 * MINUTE)
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => visitor.request(at('monasbl', '/mon-espace'))),
      )
      expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200))
    }
  })
})
