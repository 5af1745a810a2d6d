import './patience.ts'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { Visitor } from '@myanm/testing'
import { seedJobOffers } from '../src/index.ts'
import { makeOffer, openStage, PASSAGE, type Stage, TILLEULS } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
  await seed()
})
afterAll(async () => {
  await stage[Symbol.asyncDispose]()
})

function seed(): Promise<void> {
  const organisation = (key: string, name: string) => ({
    id: stage.idp.organisations.get(key) ?? '',
    name,
  })
  return seedJobOffers({
    databaseUrl: stage.database.urlFor('guide-social'),
    organisations: {
      tilleuls: organisation('tilleuls', TILLEULS),
      passage: organisation('passage', PASSAGE),
    },
    authors: {
      collaborateur: 'c',
      collegue: 'd',
      responsable: 'r',
      gestionnaire: 'g',
      voisin: 'v',
      multi: 'm',
    },
    now: new Date(),
  })
}

const read = (path: string, visitor = new Visitor()) => visitor.go(new URL(path, stage.site))
const titles = (page: Awaited<ReturnType<typeof read>>) =>
  page
    .$('.rows .row__title')
    .toArray()
    .map((title) => page.$(title).text())

describe('the list of offers', () => {
  test('shows what is online, the newest first, with how many there are', async () => {
    const page = await read('/emplois')
    expect(page.$('h1').text()).toBe('9 offres d’emploi')
    expect(titles(page)[0]).toBe('Éducateur·rice spécialisé·e, accueil de jour')
    expect(page.text).toContain('Nouveau')
    expect(page.text).toContain('Les Tilleuls ASBL · Namur · CDI, temps plein · CP 319.02')
    expect(page.html).toContain('2\u202f730\u00a0– 4\u202f120\u00a0€ brut')
    expect(titles(page)).not.toContain('Psychomotricien·ne, petite enfance')
    expect(titles(page)).not.toContain('Cuisinier·ère de collectivité')
    expect(titles(page)).not.toContain('Responsable du service d’accompagnement')
  })

  test.each([
    ['mot=educatrice', 2],
    ['mot=ÉDUCATEURS', 1],
    ['mot=logement+cpas', 1],
    ['mot=passage', 4],
    ['mot=astronaute', 0],
    ["mot='+|+!!+%26+(:*", 9],
    ['lieu=5000', 3],
    ['lieu=40', 4],
    ['lieu=liège', 3],
    ['lieu=%25', 9],
    ['contrat=cdi', 5],
    ['contrat=inconnu', 9],
    ['mot=a&lieu=5&contrat=etudiant', 1],
  ])('%s finds %i', async (query, count) => {
    const page = await read(`/emplois?${query}`)
    expect(page.status).toBe(200)
    expect([query, titles(page).length]).toEqual([query, count])
    if (count === 0) expect(page.text).toContain('Aucune offre ne correspond à ces critères.')
  })

  test('a word longer than any word finds nothing and breaks nothing', async () => {
    const page = await read(`/emplois?mot=${'x'.repeat(3000)}`)
    expect(page.status).toBe(200)
    expect(titles(page)).toEqual([])
  })

  test('the choice of a contract says how many there are of each', async () => {
    const page = await read('/emplois?lieu=40')
    const choices = page
      .$('#contrat option')
      .toArray()
      .map((option) => page.$(option).text().trim())
    expect(choices).toContain('CDD (1)')
    expect(choices).toContain('Étudiant·e (0)')
  })

  test('what was looked for stays in the form', async () => {
    const page = await read('/emplois?mot="><script>&lieu=5000&contrat=cdi')
    expect(page.$('#mot').val()).toBe('"><script>')
    expect(page.$('main script')).toHaveLength(0)
    expect(page.$('#contrat option[selected]').val()).toBe('cdi')
  })

  test('pages follow each other by key: none is shown twice, none is missed', async () => {
    await stage.rows(
      `insert into job_offer (slug, organisation_id, organisation_name, author_sub, submission, state,
         title, occupation, description, postcode, locality, contract, regime, pay_scale, ends_on,
         apply_email, search_words, created_at, changed_at, published_at, published_until)
       select 'serie', organisation_id, organisation_name, 's', gen_random_uuid(), 'published',
         'Une offre de la série ' || n, occupation, description, postcode, locality, contract, regime,
         'CP', ends_on, 'a@exemple.be', 'serie', now(), now(),
         -- Many at the very same moment: the number decides.
         date_trunc('second', now()) - (n / 10) * interval '1 day', ends_on
       from job_offer, generate_series(1, 45) as n where slug like 'psychologue%'`,
    )
    const visitor = new Visitor()
    const seen: string[] = []
    let page = await read('/emplois?mot=serie', visitor)
    expect(page.$('h1').text()).toBe('45 offres d’emploi')
    for (;;) {
      seen.push(...titles(page))
      if (!page.text.includes('Offres suivantes')) break
      page = await visitor.follow('Offres suivantes')
    }
    expect(seen).toHaveLength(45)
    expect(new Set(seen).size).toBe(45)
    expect((await visitor.follow('Revenir aux premières offres')).url.search).toBe('?mot=serie')
    await stage.rows(`delete from job_offer where slug = 'serie'`)
  })

  test('a garbled place in the list is its beginning', async () => {
    for (const suite of ['x', '%00', '-', 'zzzzzzzzz-1', "1'; drop table job_offer", '1&suite=2']) {
      const page = await read(`/emplois?suite=${suite}`)
      expect([200, 400]).toContain(page.status)
    }
  })
})

describe('the public pages', () => {
  test('home says what this is and shows the newest', async () => {
    const page = await read('/')
    expect(page.status).toBe(200)
    expect(titles(page)).toHaveLength(5)
    expect(page.text).toContain('Voir les 9 offres en ligne')
    expect(page.$('form[role=search]').attr('action')).toBe('/emplois')
  })

  test('help says who may publish and how', async () => {
    expect((await read('/aide/publier')).text).toContain('Collaborateur : publie des offres')
  })

  test('the scene may be put in place again: nothing doubles, nothing comes back', async () => {
    const before = await stage.rows('select id, version from job_offer order by number')
    await seed()
    expect(await stage.rows('select id, version from job_offer order by number')).toEqual(before)
    expect(before).toHaveLength(12)
  })

  test('all of it stays up while MyANM is down, and people signed in go on reading', async () => {
    const member = await stage.signIn('collaborateur')
    const draft = await makeOffer(member, stage, { titre: 'Un brouillon à relire' }, 'enregistrer')
    await stage.stopMyAnm()

    for (const path of ['/', '/emplois', '/emplois?mot=educateur', '/aide/publier']) {
      expect([path, (await read(path)).status]).toEqual([path, 200])
    }
    const list = await read('/emplois')
    const link = list.$('.row__title a').first().attr('href') ?? ''
    expect((await read(link)).status).toBe(200)

    // Names are a comfort: without MyANM the pages do without.
    const seen = await member.go(draft.url)
    expect(seen.status).toBe(200)
    expect(seen.text).toContain('Un brouillon à relire')
    expect((await member.go(new URL('/mes-annonces', stage.site))).status).toBe(200)

    // Nothing is written on rights nobody can confirm; nothing typed is lost.
    await member.go(new URL(`${draft.url.pathname}/modifier`, stage.site))
    const unsaved = await member.submit({
      fields: { texte: 'Écrit pendant la panne.' },
      button: { name: 'faire', value: 'enregistrer' },
    })
    expect(unsaved.status).toBe(503)
    expect(unsaved.text).toContain('MyANM est momentanément indisponible.')
    expect(unsaved.$('[name=texte]').val()).toBe('Écrit pendant la panne.')
    expect(await stage.rows(`select 1 from job_offer where description like 'Écrit%'`)).toEqual([])
  })
})
