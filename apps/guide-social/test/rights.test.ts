import './patience.ts'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Page, query, Visitor } from '@myanm/testing'
import {
  COMPLETE,
  makeOffer,
  openStage,
  PASSAGE,
  postByHand,
  type Stage,
  TILLEULS,
} from './stage.ts'
import { until } from './until.ts'

let stage: Stage
const visitors = new Map<string, Promise<Visitor>>()

beforeAll(async () => {
  stage = await openStage()
})
afterAll(async () => {
  await stage[Symbol.asyncDispose]()
})

/** Everybody signs in once. */
function as(login: string, organisation?: string): Promise<Visitor> {
  const key = `${login} ${organisation ?? ''}`
  const known = visitors.get(key) ?? stage.signIn(login, organisation)
  visitors.set(key, known)
  return known
}

const at = (path: string) => new URL(path, stage.site)
const reachedOffer = ({ url }: Page) => /^\/emplois\/[a-z0-9-]+__\d+$/.test(url.pathname)

const E14 = (role: string) =>
  `Votre rôle (${role}) dans ${TILLEULS} ne permet pas cette action. Adressez-vous à son gestionnaire.`
const E22 = (profile: string) => `Un compte ${profile} ne permet pas de publier d’offre d’emploi.`
const E37 = 'Les services de Guide Social ne sont pas ouverts aux organismes de type académie.'

describe('who may publish a job offer (P3)', () => {
  test.each([
    ['collaborateur', undefined],
    ['responsable', undefined],
    ['gestionnaire', undefined],
    ['multi', TILLEULS],
  ])('%s may', async (login, organisation) => {
    const page = await postByHand(await as(login, organisation), at('/publier/emploi'), {
      ...COMPLETE,
      limite: '31/12/2027',
      faire: 'publier',
    })
    expect(page.status).toBe(200)
    expect(reachedOffer(page)).toBe(true)
  })

  test.each([
    ['lecteur', undefined, E14('Lecteur')],
    ['particulier', undefined, E22('particulier')],
    ['independant', undefined, E22('indépendant')],
    ['multi', 'En mon nom', E22('particulier')],
    ['conseiller', undefined, E37],
    ['academie', undefined, E37],
  ])('%s (%s) may not, is told why, and where to go from here', async (login, context, why) => {
    const visitor = await as(login, context)
    const before = await stage.rows('select id from job_offer')
    const form = await visitor.go(at('/publier/emploi'))
    const sent = await postByHand(visitor, at('/publier/emploi'), { ...COMPLETE, faire: 'publier' })
    for (const page of [form, sent]) {
      expect(page.status).toBe(403)
      expect(page.text).toContain(why)
      expect(page.$('.ways .card').length).toBeGreaterThanOrEqual(2)
      expect(page.text).toMatch(/Référence de cette page : [A-Z0-9-]+/)
    }
    // What was typed stays in sight.
    expect(sent.$('textarea[readonly]').val()).toBe(COMPLETE.texte)
    expect(await stage.rows('select id from job_offer')).toEqual(before)

    const program = await visitor.request(at('/publier/emploi'), {
      headers: { accept: 'application/json' },
    })
    expect(program.status).toBe(403)
    expect(program.headers.get('content-type')).toContain('application/problem+json')
    expect(await program.json()).toMatchObject({ status: 403, detail: why })
  })

  test('a visitor signs in first, and comes back to the form', async () => {
    const visitor = new Visitor()
    const page = await visitor.go(at('/publier/emploi'))
    expect(page.url.origin).toBe(stage.idp.issuer.origin)
    const sent = await visitor.request(at('/publier/emploi'), {
      method: 'POST',
      body: new URLSearchParams(COMPLETE).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect(sent.status).toBe(403)
  })

  test('nobody is shown a button they may not use', async () => {
    for (const login of ['lecteur', 'particulier', 'independant', 'conseiller']) {
      const visitor = await as(login)
      for (const path of ['/', '/emplois']) {
        const page = await visitor.go(at(path))
        expect([login, path, page.$('main a[href="/publier/emploi"]').length]).toEqual([
          login,
          path,
          0,
        ])
      }
    }
  })

  test('the refusal names the manager, and offers the role and another organisation', async () => {
    const page = await (await as('lecteur')).go(at('/publier/emploi'))
    expect(page.text).toContain('Gestionnaire Dupont, gestionnaire de Les Tilleuls ASBL')
    const ask = page.$('a').filter((_, link) => page.$(link).text().includes('un rôle plus élevé'))
    const asked = new URL(ask.attr('href') ?? '', at('/'))
    expect([asked.pathname, asked.searchParams.get('minimum_role')]).toEqual([
      '/connexion',
      'COLLABORATEUR',
    ])
    expect(asked.searchParams.get('retour')).toBe('/publier/emploi')
    const way = page.$('a').filter((_, link) => page.$(link).text().includes('Choisir l’organisme'))
    expect(way.attr('href')).toContain('contexte=choisir')
  })
})

describe('who may change an offer (P8, P9)', () => {
  const subs = new Map<string, string>()
  let template: number

  beforeAll(async () => {
    // The site knows people by their pairwise subjects only: each is learned from a session.
    for (const login of ['lecteur', 'collaborateur', 'collegue', 'responsable', 'gestionnaire']) {
      const before = await stage.rows<{ id: Buffer }>('select id from session')
      await stage.signIn(login)
      const [row] = await stage.rows<{ sub: string }>(
        'select sub from session where id <> all ($1)',
        [before.map(({ id }) => id)],
      )
      subs.set(login, row?.sub ?? '')
    }
    expect(new Set(subs.values()).size).toBe(5)
    const made = await makeOffer(await as('collaborateur'), stage, { limite: '31/12/2027' })
    template = Number(made.url.pathname.split('__')[1])
  })

  /** An offer by this author, online, or deleted for who wants to restore it. */
  async function offerBy(author: string, organisation: string, state: string): Promise<number> {
    const organisationId = stage.idp.organisations.get(organisation)
    const [row] = await stage.rows<{ number: number }>(
      `with source as (select * from job_offer where number = $1), made as (
         insert into job_offer (slug, organisation_id, organisation_name, author_sub, submission,
           state, title, occupation, description, postcode, locality, contract, regime, pay_scale,
           ends_on, apply_email, search_words, created_at, changed_at, published_at,
           published_until, deleted_at)
         select slug, $2, organisation_name, $3, gen_random_uuid(), $4::job_offer_state, title,
           occupation, description, postcode, locality, contract, regime, pay_scale, ends_on,
           apply_email, search_words, now(), now(), now(), ends_on,
           case when $4 = 'deleted' then now() end
         from source returning *)
       insert into job_offer_version (offer_id, version, what, by_sub, at, content)
       select id, 1, 'created', $3, now(), '{}' from made
       returning (select number from made) as number`,
      [template, organisationId, subs.get(author) ?? author, state],
    )
    return Number(row?.number)
  }

  const stateOf = async (number: number) => {
    const [row] = await stage.rows<{ state: string; version: number }>(
      'select state, version from job_offer where number = $1',
      [number],
    )
    return row
  }

  const MOVES = [
    [
      'modifier',
      'published',
      { ...COMPLETE, titre: 'Un autre titre assez long', limite: '31/12/2027' },
    ],
    ['publier', 'withdrawn', {}],
    ['retirer', 'published', {}],
    ['supprimer', 'published', {}],
    ['retablir', 'deleted', {}],
  ] as const

  // biome-ignore format: the matrix
  const MATRIX = [
    // who           own (P8)  a colleague's (P9)  another organisation's
    ['lecteur',       403,      403,                404],
    ['collaborateur', 200,      403,                404],
    ['responsable',   200,      200,                404],
    ['gestionnaire',  200,      200,                404],
  ] as const

  describe.each(MATRIX)('%s', (login, own, colleagues, foreign) => {
    test.each(MOVES)('%s', async (move, from, fields) => {
      const visitor = await as(login)
      const cells = [
        [login, 'tilleuls', own],
        ['collegue', 'tilleuls', colleagues],
        ['a stranger', 'passage', foreign],
        // Their own, but of another organisation than the one they act for.
        [login, 'passage', foreign],
      ] as const
      for (const [author, organisation, expected] of cells) {
        const number = await offerBy(author, organisation, from)
        const page = await postByHand(visitor, at(`/emplois/x__${number}/${move}`), {
          version: '1',
          ...fields,
        })
        expect([author, organisation, page.status]).toEqual([author, organisation, expected])
        const after = await stateOf(number)
        expect(after?.version).toBe(expected === 200 ? 2 : 1)
        if (expected === 403) {
          const role = login === 'lecteur' ? 'Lecteur' : 'Collaborateur'
          expect(page.text).toContain(E14(role))
        }
        if (expected === 404) expect(page.text).toContain('Cette offre n’est pas en ligne')
      }
    })
  })

  test('in one’s own name there is nothing to change, and no number answers differently', async () => {
    const visitor = await as('particulier')
    const real = await offerBy('collegue', 'tilleuls', 'draft')
    for (const number of [real, 999_999]) {
      const page = await postByHand(visitor, at(`/emplois/x__${number}/retirer`), { version: '1' })
      expect(page.status).toBe(403)
      expect(page.text).toContain(E22('particulier'))
    }
  })

  test('another organisation’s draft answers exactly as what does not exist', async () => {
    const visitor = await as('voisin')
    const draft = await offerBy('collegue', 'tilleuls', 'draft')
    for (const path of ['', '/modifier', '/supprimer']) {
      const [there, nowhere] = [
        await visitor.go(at(`/emplois/x__${draft}${path}`)),
        await visitor.go(at(`/emplois/x__999999${path}`)),
      ]
      expect(there.status).toBe(404)
      const bare = ({ text }: Page) => text.replace(/page : \S+/, '')
      expect(bare(there)).toBe(bare(nowhere))
    }
  })

  test('the organisation may let collaborators edit each other’s offers (note 1)', async () => {
    const visitor = await as('collaborateur')
    const number = await offerBy('collegue', 'tilleuls', 'published')
    const withdraw = () =>
      postByHand(visitor, at(`/emplois/x__${number}/retirer`), { version: '1' })
    expect((await withdraw()).status).toBe(403)
    await setOptions(['collaborateur_edits_colleagues_ads'])
    try {
      expect((await withdraw()).status).toBe(200)
    } finally {
      await setOptions([])
    }
    const other = await offerBy('collegue', 'tilleuls', 'published')
    const again = await postByHand(visitor, at(`/emplois/x__${other}/retirer`), { version: '1' })
    expect(again.status).toBe(403)
  })

  async function setOptions(options: string[]): Promise<void> {
    await query(stage.database, 'update organisation set options = $1 where name = $2', [
      options,
      TILLEULS,
    ])
  }

  test('a role lowered meanwhile holds at the very next write; what was typed stays', async () => {
    const visitor = await stage.signIn('collegue')
    const page = await makeOffer(visitor, stage, { limite: '31/12/2027' })
    await visitor.go(at(`${page.url.pathname}/modifier`))
    const demote = (role: string) =>
      query(stage.database, `update membership set role = $1 where account_id = $2`, [
        role,
        stage.idp.accounts.get('collegue'),
      ])
    await demote('LECTEUR')
    try {
      const refused = await visitor.submit({
        fields: { titre: 'Trop tard pour ce titre', texte: 'Mais le texte reste.' },
        button: { name: 'faire', value: 'enregistrer' },
      })
      expect(refused.status).toBe(403)
      expect(refused.text).toContain(E14('Lecteur'))
      expect(refused.$('textarea[readonly]').val()).toBe('Mais le texte reste.')
    } finally {
      await demote('COLLABORATEUR')
    }
  })
})

describe('who sees the organisation’s offers (P10)', () => {
  beforeAll(async () => {
    const author = await as('collaborateur')
    await makeOffer(author, stage, { titre: 'Brouillon pour l’équipe' }, 'enregistrer')
    await makeOffer(author, stage, { titre: 'En ligne pour tous', limite: '31/12/2027' })
    const neighbour = await as('voisin')
    await makeOffer(neighbour, stage, { titre: 'Brouillon des voisins' }, 'enregistrer')
  })

  test.each(['collaborateur', 'collegue', 'responsable', 'gestionnaire'])(
    '%s sees drafts and names',
    async (login) => {
      const page = await (await as(login)).go(at('/mes-annonces'))
      expect(page.status).toBe(200)
      expect(page.text).toContain('Brouillon pour l’équipe')
      expect(page.text).toContain('En ligne pour tous')
      expect(page.text).toContain(
        login === 'collaborateur' ? 'par vous' : 'par Collaborateur Dupont',
      )
      expect(page.text).not.toContain('Brouillon des voisins')
    },
  )

  test('a reader sees what is online, with names, and no button', async () => {
    const visitor = await as('lecteur')
    for (const path of [
      '/mes-annonces',
      '/mes-annonces?etat=brouillons',
      '/mes-annonces?etat=supprimees',
    ]) {
      const page = await visitor.go(at(path))
      expect(page.status).toBe(200)
      expect(page.text).toContain('En ligne pour tous')
      expect(page.text).not.toContain('Brouillon')
      expect(page.$('main form, main a[href*="modifier"], main a[href^="/publier"]')).toHaveLength(
        0,
      )
    }
  })

  test.each([
    ['particulier', undefined],
    ['independant', undefined],
    ['multi', 'En mon nom'],
  ])('%s, in their own name, has none', async (login, context) => {
    const page = await (await as(login, context)).go(at('/mes-annonces'))
    expect(page.status).toBe(403)
  })

  test('acting for another organisation, one sees the other’s', async () => {
    const page = await (await as('multi', PASSAGE)).go(at('/mes-annonces'))
    expect(page.text).toContain('Brouillon des voisins')
    expect(page.text).not.toContain('Brouillon pour l’équipe')
  })

  test('a visitor signs in first', async () => {
    const page = await new Visitor().go(at('/mes-annonces'))
    expect(page.url.origin).toBe(stage.idp.issuer.origin)
  })
})

describe('an organisation the team has not checked yet keeps drafts (D13, 4.2.3)', () => {
  const WAITING = 'L’équipe de l’ANM vérifie encore l’inscription de'
  const mark = (state: boolean) =>
    query(stage.database, 'update organisation set to_check = $1 where name = $2', [state, PASSAGE])
  const countOnline = async () => {
    const [row] = await stage.rows<{ online: number }>(
      "select count(*)::int as online from job_offer where state = 'published'",
    )
    return row?.online
  }
  const numberOf = (page: Page) => page.url.pathname.split('__')[1] ?? ''

  test('nobody publishes for it; what they write is kept, and goes online once it is checked', async () => {
    const visitor = await stage.signIn('voisin')
    const before = await countOnline()
    await mark(true)
    try {
      // The page that was open says so at its next look, with no button to publish.
      await until(async () =>
        (await visitor.go(at('/publier/emploi'))).text.includes(`${WAITING} votre organisme`),
      )
      const form = visitor.page
      const buttons = form?.$('button[name=faire]').map((_, button) => form.$(button).val())
      expect(buttons?.get()).toEqual(['enregistrer', 'apercu'])

      // Sent by hand, or from a page of before: refused with the reason, and nothing typed is lost.
      const typed = { ...COMPLETE, limite: '31/12/2027' }
      const publish = { ...typed, faire: 'publier' }
      const refused = await postByHand(visitor, at('/publier/emploi'), publish)
      expect(refused.status).toBe(403)
      expect(refused.text).toContain(`${WAITING} ${PASSAGE}`)
      expect(refused.text).toContain('Gardez-la en brouillon')
      expect(refused.$('[name=titre]').val()).toBe(COMPLETE.titre)

      // Which is one press away.
      const kept = await visitor.submit({ button: { name: 'faire', value: 'enregistrer' } })
      expect(reachedOffer(kept)).toBe(true)
      expect(kept.text).toContain('Vous pourrez le publier dès que')
      expect(kept.$('form[action$="/publier"]')).toHaveLength(0)
      const number = numberOf(kept)

      const address = `/emplois/x__${number}`
      const edited = await postByHand(visitor, at(`${address}/modifier`), {
        ...publish,
        version: '1',
      })
      expect([edited.status, edited.text.includes(WAITING)]).toEqual([403, true])
      const pressed = await postByHand(visitor, at(`${address}/publier`), { version: '1' })
      expect([pressed.status, pressed.text.includes(WAITING)]).toEqual([403, true])
      expect(pressed.$('a[href="/mes-annonces?etat=brouillons"]')).toHaveLength(1)
      const copied = await postByHand(visitor, at(`${address}/dupliquer`))
      expect(copied.status).toBe(200)
      const program = await postByHand(visitor, at('/publier/emploi'), publish, {
        accept: 'application/json',
      })
      expect([program.status, program.text.includes(WAITING)]).toEqual([403, true])
      expect((await visitor.go(at('/mes-annonces'))).text).toContain(`${WAITING} votre organisme`)
      expect(await countOnline()).toBe(before)

      // The team has looked at it: the draft that waited is published, without signing in again.
      await mark(false)
      await until(async () => {
        const page = await visitor.go(at(address))
        return page.$('form[action$="/publier"]').length === 1
      })
      const online = await visitor.submit({ form: 'form[action$="/publier"]' })
      expect([online.status, online.text.includes('L’offre est en ligne.')]).toEqual([200, true])
      expect(await countOnline()).toBe(Number(before) + 1)
    } finally {
      await mark(false)
    }
  })
})
