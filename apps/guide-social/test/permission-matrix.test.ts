import './patience.ts'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { ACTIONS, type Column } from '@myanm/permissions'
import { arrangeState, Visitor } from '@myanm/testing'
import { COMPLETE, makeOffer, openStage, postByHand, type Stage } from './stage.ts'

// Specification 5.3 on this site, from the written table (yardsticks F41): the columns that may publish
// do, the others do not, and whoever is suspended does nothing any more. Own, colleagues' and foreign offers
// are held against the same table in rights.test.ts. Every form the site has is in `FORMS`: one that is
// added without its line here fails.

const PEOPLE = {
  P: 'particulier',
  I: 'independant',
  L: 'lecteur',
  C: 'collaborateur',
  R: 'responsable',
  G: 'gestionnaire',
} as const satisfies Partial<Record<Column, string>>
type Person = keyof typeof PEOPLE
const COLUMNS = Object.keys(PEOPLE) as Person[]

let stage: Stage
const visitors = new Map<Person, Visitor>()
const visitorOf = (column: Person): Visitor => visitors.get(column) ?? new Visitor()

beforeAll(async () => {
  stage = await openStage()
  for (const column of COLUMNS) visitors.set(column, await stage.signIn(PEOPLE[column]))
})
afterAll(async () => {
  await stage[Symbol.asyncDispose]()
})

const at = (path: string) => new URL(path, stage.site)
const publish = { ...COMPLETE, limite: '31/12/2027', faire: 'publier' }

async function offers(): Promise<unknown[]> {
  return stage.rows('select number, state, version, title from job_offer order by number')
}

/** Whether a person may, as the table says it in whole or in part. */
const isOpen = (action: keyof typeof ACTIONS, column: Column): boolean =>
  !['no', 'not-applicable', 'option', 'read-list'].includes(ACTIONS[action].may[column])

describe.each(COLUMNS)('%s', (column) => {
  test('reads what is public (P1)', async () => {
    for (const path of ['/', '/emplois']) {
      expect((await visitorOf(column).go(at(path))).status).toBe(200)
    }
  })

  test('publishes a job offer, or not (P3)', async () => {
    const before = await offers()
    const page = await postByHand(visitorOf(column), at('/publier/emploi'), publish)
    const may = isOpen('ad.emploi.publish', column)
    expect([page.status, (await offers()).length - before.length]).toEqual(
      may ? [200, 1] : [403, 0],
    )
  })

  test('sees the organisation’s offers, or not (P10)', async () => {
    const page = await visitorOf(column).go(at('/mes-annonces'))
    expect(page.status).toBe(isOpen('ad.org.list', column) ? 200 : 403)
  })
})

test('V reads what is public, and signs in for anything else', async () => {
  for (const path of ['/', '/emplois']) {
    expect((await new Visitor().go(at(path))).status).toBe(200)
  }
  for (const path of ['/publier/emploi', '/mes-annonces']) {
    const page = await new Visitor().go(at(path))
    expect([path, page.url.origin]).toEqual([path, stage.idp.issuer.origin])
  }
})

/** Each form of this site, and which of 5.3 it asks for in the least. */
const FORMS: Readonly<Record<string, readonly (keyof typeof ACTIONS)[]>> = {
  '/publier/emploi': ['ad.emploi.publish'],
  '/emplois/:address/modifier': ['ad.own', 'ad.colleague'],
  '/emplois/:address/publier': ['ad.own', 'ad.colleague', 'ad.emploi.publish'],
  '/emplois/:address/retirer': ['ad.own', 'ad.colleague'],
  '/emplois/:address/supprimer': ['ad.own', 'ad.colleague'],
  '/emplois/:address/retablir': ['ad.own', 'ad.colleague'],
  '/emplois/:address/dupliquer': ['ad.emploi.publish'],
}

test('every form of the site stands in the table', () => {
  expect([...stage.forms].sort()).toEqual(Object.keys(FORMS).sort())
})

describe('each form, of a colleague’s offer, asks what the table says', () => {
  // A colleague of all who may publish wrote it; each is asked from a fresh one, in the state it needs.
  const STATES: Readonly<Record<string, string>> = { publier: 'withdrawn', retablir: 'deleted' }
  let template: string

  beforeAll(async () => {
    const made = await makeOffer(await stage.signIn('collegue'), stage, { limite: '31/12/2027' })
    template = made.url.pathname.split('__')[1] ?? ''
  })

  /** In the state the form needs, untouched. */
  async function anew(move: string): Promise<void> {
    const state = STATES[move] ?? 'published'
    await stage.rows(
      'delete from job_offer_version where version > 1 and offer_id = (select id from job_offer where number = $1)',
      [template],
    )
    await stage.rows(
      `update job_offer set state = $2::job_offer_state, version = 1,
        deleted_at = case when $2 = 'deleted' then now() end where number = $1`,
      [template, state],
    )
  }

  const moves = Object.keys(FORMS).filter((route) => route.startsWith('/emplois/'))

  test.each(COLUMNS.flatMap((column) => moves.map((route) => [column, route] as const)))(
    '%s, %s',
    async (column, route) => {
      const move = route.split('/').at(-1) ?? ''
      await anew(move)
      const path = route.replace(':address', `x__${template}`)
      const fields = move === 'modifier' ? { ...publish, faire: 'enregistrer' } : {}
      const page = await postByHand(visitorOf(column), at(path), { version: '1', ...fields })
      // Nobody here wrote it: what is theirs alone does not count.
      const asked = FORMS[route]?.filter((action) => action !== 'ad.own') ?? []
      const may = asked.every((action) => isOpen(action, column))
      expect(page.status).toBe(may ? 200 : 403)
    },
  )
})

describe('whoever is suspended', () => {
  let number: string

  beforeAll(async () => {
    const made = await makeOffer(visitorOf('C'), stage, { limite: '31/12/2027' })
    number = made.url.pathname.split('__')[1] ?? ''
  })

  test.each(COLUMNS)('%s, writes nothing any more, and changes nothing', async (column) => {
    const account = stage.idp.accounts.get(PEOPLE[column]) ?? ''
    const paths = stage.forms.map((route) => route.replace(':address', `x__${number}`))
    const before = await offers()
    for (const path of paths) {
      // Signed in, with a form in hand, when it happens.
      const visitor = await stage.signIn(PEOPLE[column])
      const form = await visitor.go(at('/deconnexion'))
      const jeton = String(form.$('input[name=jeton]').first().attr('value'))
      await arrangeState(stage.database, account, 'suspended')
      try {
        const page = await visitor.post(at(path), { jeton, version: '1', ...publish })
        const isRefused = page.status >= 400 || page.url.origin !== stage.site.origin
        expect([path, isRefused]).toEqual([path, true])
      } finally {
        await arrangeState(stage.database, account, 'active')
      }
    }
    expect(await offers()).toEqual(before)
  })
})
