import './patience.ts'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { Visitor } from '@myanm/testing'
import pg from 'pg'
import { COMPLETE, makeOffer, openStage, type Stage } from './stage.ts'

let stage: Stage
let author: Visitor
beforeAll(async () => {
  stage = await openStage()
  author = await stage.signIn('collaborateur')
})
afterAll(async () => {
  await stage[Symbol.asyncDispose]()
})

const countOffers = async () =>
  (await stage.rows<{ n: number }>('select count(*)::int as n from job_offer'))[0]?.n ?? 0

describe('publishing an offer', () => {
  test('a collaborator publishes, everybody reads it, nobody outside learns who wrote it', async () => {
    const page = await makeOffer(author, stage)
    expect(page.text).toContain('Votre offre est en ligne.')
    expect(page.url.pathname).toMatch(
      /^\/emplois\/educateur-rice-specialise-e-accueil-de-jour__\d+$/,
    )

    const seen = await new Visitor().go(page.url)
    expect(seen.status).toBe(200)
    expect(seen.text).toContain('Vous accompagnez vingt adultes.')
    expect(seen.$('main li').text()).toContain('Ateliers')
    expect(seen.html).not.toMatch(/Collaborateur Dupont|collaborateur@exemple/)
  })

  test('mistakes are said beside the fields and above, and nothing typed is lost', async () => {
    const before = await countOffers()
    const page = await makeOffer(author, stage, {
      titre: 'Trop bref',
      texte: 'Mon texte, long à écrire.',
      code_postal: '12345',
      bareme: '',
      limite: '01/01/2020',
      courriel: '',
    })
    expect(page.status).toBe(422)
    expect(page.$('title').text()).toMatch(/^Erreur/)
    for (const sentence of [
      'Le titre compte de 10 à 120 caractères.',
      'Indiquez un code postal belge de quatre chiffres, par exemple 5000.',
      'La date limite est passée.',
      'Indiquez un barème ou un salaire',
      'Indiquez comment postuler',
    ]) {
      // Once in the summary, once beside its field.
      expect(page.text.split(sentence)).toHaveLength(3)
    }
    for (const link of page.$('.error-summary a').toArray()) {
      expect(page.$(String(page.$(link).attr('href')))).toHaveLength(1)
    }
    expect(page.$('[name=titre]').val()).toBe('Trop bref')
    expect(page.$('[name=texte]').val()).toBe('Mon texte, long à écrire.')
    expect(page.$('[name=contrat]:checked').val()).toBe('cdi')
    expect(await countOffers()).toBe(before)
  })

  test('an empty form names each missing field (E26)', async () => {
    await author.go(new URL('/publier/emploi', stage.site))
    const page = await author.submit({ button: { name: 'faire', value: 'publier' } })
    expect(page.status).toBe(422)
    expect(page.text).toContain('Titre de l’offre : ce champ est obligatoire.')
    expect(page.text).toContain('Contrat : ce champ est obligatoire.')
  })

  test('the preview is a draft only the team sees; publishing puts it online', async () => {
    const preview = await makeOffer(
      author,
      stage,
      { titre: 'Juriste, droit du logement' },
      'apercu',
    )
    expect(preview.text).toContain('Relisez l’aperçu, puis publiez.')
    expect(preview.text).toContain('Seule votre équipe voit ce brouillon.')
    expect((await new Visitor().go(preview.url)).status).toBe(404)

    const online = await author.submit({ form: 'form[action$="/publier"]' })
    expect(online.text).toContain('L’offre est en ligne.')
    expect((await new Visitor().go(online.url)).status).toBe(200)
  })

  test('a draft may be incomplete, but does not go online as it is', async () => {
    await author.go(new URL('/publier/emploi', stage.site))
    const draft = await author.submit({
      fields: { titre: 'À compléter avec Julie' },
      button: { name: 'faire', value: 'enregistrer' },
    })
    expect(draft.text).toContain('Votre brouillon est enregistré.')
    const refused = await author.submit({ form: 'form[action$="/publier"]' })
    expect(refused.status).toBe(422)
    expect(refused.text).toContain('Fonction : ce champ est obligatoire.')
    expect(refused.$('[name=titre]').val()).toBe('À compléter avec Julie')
    const fixed = await author.submit({
      fields: { ...COMPLETE, titre: 'Complétée avec Julie' },
      button: { name: 'faire', value: 'publier' },
    })
    expect(fixed.text).toContain('Votre offre est en ligne.')
  })

  test('a form sent twice, or ten times at once, makes one offer', async () => {
    const before = await countOffers()
    await author.go(new URL('/publier/emploi', stage.site))
    const page = author.page
    const body = new URLSearchParams()
    for (const { name, value } of page?.$('main form').serializeArray() ?? []) {
      body.append(name, value)
    }
    for (const [name, value] of Object.entries({ ...COMPLETE, faire: 'publier' })) {
      body.set(name, value)
    }
    const send = () =>
      author.request(new URL('/publier/emploi', stage.site), {
        method: 'POST',
        body: body.toString(),
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      })
    const answers = await Promise.all(Array.from({ length: 10 }, send))
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(303))
    expect(new Set(answers.map(({ headers }) => headers.get('location'))).size).toBe(1)
    expect((await send()).status).toBe(303)
    expect(await countOffers()).toBe(before + 1)
  })

  test('what was typed is text, never markup', async () => {
    const page = await makeOffer(author, stage, {
      titre: '<img src=x onerror=alert(1)> emploi',
      texte: '</textarea><script>alert(1)</script>',
      localite: '"><b>Namur</b>',
      consignes: '<a href="javascript:alert(1)">ici</a>',
    })
    expect(page.status).toBe(200)
    const seen = await new Visitor().go(page.url)
    expect(seen.$('main script, main img, main b')).toHaveLength(0)
    expect(seen.$('a[href^="javascript:"]')).toHaveLength(0)
    expect(seen.text).toContain('<script>alert(1)</script>')
    const form = await author.go(new URL(`${page.url.pathname}/modifier`, stage.site))
    expect(form.$('[name=texte]').val()).toBe('</textarea><script>alert(1)</script>')
  })

  test('a public address says the title; another one leads to it; a made-up one leads nowhere', async () => {
    const { url } = await makeOffer(author, stage, { titre: 'Logopède à mi-temps' })
    const number = url.pathname.split('__')[1]
    const visitor = new Visitor()
    const moved = await visitor.go(new URL(`/emplois/autre-chose__${number}`, stage.site))
    expect(moved.url.pathname).toBe(url.pathname)
    for (const path of ['/emplois/x__999999', '/emplois/x', '/emplois/x__0', '/emplois/x__9e9']) {
      expect((await visitor.go(new URL(path, stage.site))).status).toBe(404)
    }
  })
})

describe('the life of an offer', () => {
  test('withdrawn, published again, deleted, restored: each step is written down', async () => {
    const { url } = await makeOffer(author, stage, { titre: 'Comptable, associations' })
    const number = Number(url.pathname.split('__')[1])
    const isPublic = async () => (await new Visitor().go(url)).status === 200

    const withdrawn = await author.submit({ form: 'form[action$="/retirer"]' })
    expect(withdrawn.text).toContain('L’offre est retirée')
    expect(await isPublic()).toBe(false)

    await author.submit({ form: 'form[action$="/publier"]' })
    expect(await isPublic()).toBe(true)

    const removal = await author.go(new URL(`${url.pathname}/supprimer`, stage.site))
    expect(removal.text).toContain('Pendant 30 jours, vous pouvez la rétablir')
    expect(await isPublic()).toBe(true)
    const list = await author.submit()
    expect(list.url.pathname).toBe('/mes-annonces')
    expect(await isPublic()).toBe(false)

    await author.go(new URL('/mes-annonces?etat=supprimees', stage.site))
    const restored = await author.submit({ form: `form[action$="__${number}/retablir"]` })
    expect(restored.text).toContain('Elle n’est pas en ligne')
    expect(await isPublic()).toBe(false)

    const history = await stage.rows<{ what: string }>(
      `select what from job_offer_version v join job_offer o on o.id = v.offer_id
       where o.number = $1 order by v.version`,
      [number],
    )
    expect(history.map(({ what }) => what)).toEqual([
      'published',
      'withdrawn',
      'published',
      'deleted',
      'restored',
    ])
  })

  test('it goes offline when its last day has passed, and comes back with a new date only', async () => {
    const { url } = await makeOffer(author, stage, { titre: 'Infirmier·ère de nuit' })
    const number = Number(url.pathname.split('__')[1])
    await stage.rows(
      `update job_offer set ends_on = current_date - 2, published_until = current_date - 2,
       published_at = now() - interval '40 days' where number = $1`,
      [number],
    )
    expect((await new Visitor().go(url)).status).toBe(404)
    const seen = await author.go(url)
    expect(seen.text).toContain('Sa date limite est passée')

    const refused = await author.submit({ form: 'form[action$="/publier"]' })
    expect(refused.status).toBe(422)
    expect(refused.text).toContain('La date limite est passée. Choisissez un jour à venir.')

    const saved = await author.submit({
      fields: { limite: '31/12/2027' },
      button: { name: 'faire', value: 'enregistrer' },
    })
    expect(saved.text).toContain('Vos changements sont enregistrés.')
    expect((await new Visitor().go(url)).status).toBe(404)

    await author.submit({ form: 'form[action$="/publier"]' })
    expect((await new Visitor().go(url)).status).toBe(200)
    const [row] = await stage.rows<{ new: boolean }>(
      `select published_at > now() - interval '1 minute' as new from job_offer where number = $1`,
      [number],
    )
    expect(row?.new).toBe(true)
  })

  test('deleted, it is gone for good after thirty days', async () => {
    const { url } = await makeOffer(author, stage, { titre: 'Chauffeur·euse, transport adapté' })
    const number = Number(url.pathname.split('__')[1])
    await author.go(new URL(`${url.pathname}/supprimer`, stage.site))
    await author.submit()
    await stage.rows(
      `update job_offer set deleted_at = now() - interval '31 days' where number = $1`,
      [number],
    )
    expect((await author.go(url)).status).toBe(404)
    const list = await author.go(new URL('/mes-annonces?etat=supprimees', stage.site))
    expect(list.text).not.toContain('Chauffeur·euse')

    const other = await makeOffer(author, stage, { titre: 'Une autre à supprimer' }, 'enregistrer')
    await author.go(new URL(`${other.url.pathname}/supprimer`, stage.site))
    await author.submit()
    expect(await stage.rows('select 1 from job_offer where number = $1', [number])).toEqual([])
  })

  test('once published, an offer keeps its function and its address', async () => {
    const { url } = await makeOffer(author, stage, { titre: 'Cuisinier·ère de collectivité' })
    await author.go(new URL(`${url.pathname}/modifier`, stage.site))
    const refused = await author.submit({
      fields: { fonction: 'juriste' },
      button: { name: 'faire', value: 'enregistrer' },
    })
    expect(refused.status).toBe(422)
    expect(refused.text).toContain('Une offre déjà publiée garde sa fonction.')

    await author.go(new URL(`${url.pathname}/modifier`, stage.site))
    const renamed = await author.submit({
      fields: { titre: 'Chef·fe de cuisine' },
      button: { name: 'faire', value: 'enregistrer' },
    })
    expect(renamed.url.pathname).toBe(url.pathname)
    expect(renamed.$('h1').text()).toBe('Chef·fe de cuisine')
  })

  test('a copy is a draft to be dated anew; pressed twice, it is one copy', async () => {
    await makeOffer(author, stage, { titre: 'Médiateur·rice de dettes' })
    const before = await countOffers()
    const page = author.page
    const copy = await author.submit({ form: 'form[action$="/dupliquer"]' })
    expect(copy.url.pathname).toMatch(/modifier$/)
    expect(copy.$('[name=titre]').val()).toBe('Médiateur·rice de dettes')
    expect(copy.$('[name=limite]').val()).toBe('')
    author.page = page
    await author.submit({ form: 'form[action$="/dupliquer"]' })
    expect(await countOffers()).toBe(before + 1)
  })

  test('its history cannot be rewritten by the site itself', async () => {
    const asSite = new pg.Client({ connectionString: stage.database.urlFor('guide-social').href })
    await asSite.connect()
    try {
      for (const statement of [
        "update job_offer_version set by_sub = ''",
        'delete from job_offer_version',
      ]) {
        await expect(asSite.query(statement)).rejects.toThrow(/permission denied/)
      }
    } finally {
      await asSite.end()
    }
  })
})
