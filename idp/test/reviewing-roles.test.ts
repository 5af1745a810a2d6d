import { afterEach, beforeEach, expect, test } from '@jest/globals'
import {
  arrange,
  type Page,
  query,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  type Visitor,
  withDatabase,
} from '@myanm/testing'
import { watchReviews } from '#memberships'
import { signsIn } from './stage/team.ts'
import { until } from './stage/until.ts'

let database: TestDatabase
let myanm: TestIdp

beforeEach(async () => {
  database = await withDatabase()
  myanm = await startTestIdp({ database })
})

afterEach(async () => {
  await myanm.stop()
  await database.drop()
})

const idOf = (key: string): string => myanm.accounts.get(key) ?? ''
const tilleuls = (): string => myanm.organisations.get('tilleuls') ?? ''
const review = (): URL => new URL(`/organismes/${tilleuls()}/equipe/revue`, myanm.issuer)
const at = (path: string): URL => new URL(`/organismes/${tilleuls()}${path}`, myanm.issuer)
const comesIn = (login: string) => signsIn(myanm.issuer, login)
const lettersTo = (key: string) => myanm.letters.filter(({ to }) => to === `${key}@exemple.be`)

const memberships = () =>
  query<{ key: string; role: string; state: string }>(
    database,
    `select a.login as key, m.role, m.state from membership m join account a on a.id = m.account_id
      where m.organisation_id = $1 order by a.login`,
    [tilleuls()],
  )

/** The row of one member, and the button pressed in it. */
const answers = (visitor: Visitor, key: string, decision: string): Promise<Page> => {
  const { $ } = visitor.page as Page
  const row = $('main .row')
    .toArray()
    .find((element) => $(element).text().includes(`${key}@exemple.be`))
  const membership = row && $(row).find('input[name=membre]').attr('value')
  if (!membership) throw new Error(`${key} is not on the page: ${visitor.page?.text}`)
  return visitor.submit({
    form: `form:has(input[value="${membership}"])`,
    button: { name: 'decision', value: decision },
  })
}

test('one click each, kept until all have an answer, and written down (ahead 12)', async () => {
  const visitor = await comesIn('gestionnaire')
  const before = await visitor.go(review())
  expect(before.text).toContain('Il n’y a pas encore eu de revue dans cet organisme.')
  const begun = await visitor.submit({ form: 'main form' })
  expect(begun.text).toContain('0 personne revue sur 5')
  await answers(visitor, 'lecteur', 'kept')
  const page = await answers(visitor, 'collaborateur', 'lowered')
  expect(page.text).toContain('2 personnes revues sur 5')
  expect(page.text).not.toContain('lecteur@exemple.be')
  await answers(visitor, 'collegue', 'removed')

  // Another day, another browser: what was answered is still answered.
  const later = await comesIn('gestionnaire')
  expect((await later.go(new URL(`/organismes/${tilleuls()}`, myanm.issuer))).text).toContain(
    'La revue des rôles est ouverte',
  )
  await later.go(review())
  await answers(later, 'responsable', 'kept')
  const over = await answers(later, 'multi', 'kept')
  expect(over.text).toContain('La dernière revue s’est terminée le')
  expect(await memberships()).toEqual([
    { key: 'collaborateur', role: 'LECTEUR', state: 'active' },
    { key: 'collegue', role: 'COLLABORATEUR', state: 'removed' },
    { key: 'gestionnaire', role: 'GESTIONNAIRE', state: 'active' },
    { key: 'lecteur', role: 'LECTEUR', state: 'active' },
    { key: 'multi', role: 'COLLABORATEUR', state: 'active' },
    { key: 'responsable', role: 'RESPONSABLE', state: 'active' },
  ])
  const [line] = await query(
    database,
    `select actor_id, organisation_id, details from journal where event = 'members-reviewed'`,
  )
  expect(line).toEqual({
    actor_id: idOf('gestionnaire'),
    organisation_id: tilleuls(),
    details: { kept: 3, lowered: 1, removed: 1 },
  })
  await until(() => lettersTo('collaborateur').length === 1 && lettersTo('collegue').length === 1)
  expect(lettersTo('lecteur')).toEqual([])
})

test('of fifty is fifty clicks, and nothing between them (ahead 12)', async () => {
  await query(
    database,
    `with added as (
      insert into account (account_type, state, login, email, email_confirmed_at, password_hash,
          given_name, family_name)
        select 'organisme', 'active', 'revu-' || n, 'revu-' || n || '@exemple.be', now(), 'x',
          'Prénom ' || n, 'Nom ' || n from generate_series(1, 45) n returning id
    ) insert into membership (account_id, organisation_id, role)
        select id, $1, 'COLLABORATEUR' from added`,
    [tilleuls()],
  )
  const visitor = await comesIn('gestionnaire')
  await visitor.go(review())
  await visitor.submit({ form: 'main form' })
  const began = performance.now()
  const decisions = ['kept', 'kept', 'lowered', 'kept', 'removed']
  let clicks = 0
  while (visitor.page?.$('main form').has('input[name=membre]').length) {
    const decision = decisions[clicks % decisions.length] ?? ''
    // Somebody who has the lowest role already can only stay or go.
    const isOffered = visitor.page.$('main form').first().find(`[value=${decision}]`).length > 0
    const value = isOffered ? decision : 'kept'
    await visitor.submit({
      form: 'main form:has(input[name=membre])',
      button: { name: 'decision', value },
    })
    clicks += 1
  }
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  process.stdout.write(`50 roles reviewed with ${clicks} clicks in ${seconds} s of MyANM's time\n`)
  expect(clicks).toBe(50)
  expect(visitor.page?.text).toContain('La dernière revue s’est terminée le')
  const answered = await query(database, 'select answer from member_review_answer')
  expect(answered).toHaveLength(50)
})

test('is the GESTIONNAIRE’s: a RESPONSABLE sees how far it is, nobody below sees it', async () => {
  const visitor = await comesIn('gestionnaire')
  await visitor.go(review())
  await visitor.submit({ form: 'main form' })
  const responsable = await comesIn('responsable')
  const page = await responsable.go(review())
  expect(page.text).toContain('0 personne revue sur 5')
  expect(page.text).toContain('C’est Gestionnaire Dupont, gestionnaire, qui répond.')
  expect(page.$('main form').length).toBe(0)
  expect(page.text).not.toContain('lecteur@exemple.be')
  const link = `a[href="${review().pathname}"]`
  expect(page.$(link).length).toBeGreaterThan(0)
  expect((await (await comesIn('lecteur')).go(at(''))).$(link).length).toBe(0)
  for (const [key, status] of [
    ['responsable', 403],
    ['collaborateur', 403],
    ['lecteur', 403],
    ['voisin', 404],
  ] as const) {
    const other = await comesIn(key)
    const form = await other.go(new URL('/compte/identite', myanm.issuer))
    const jeton = String(form.$('main input[name=jeton]').attr('value'))
    const { origin } = myanm.issuer
    for (const path of [review().pathname, `${review().pathname}/commencer`]) {
      const answer = await other.post(new URL(path, myanm.issuer), { jeton }, { origin })
      expect([key, path, answer.status]).toEqual([key, path, status])
    }
  }
})

test('begins by itself twice a year, reminds, tells the others, and ends when nobody is left', async () => {
  const { db } = myanm.idp.services
  const days = (count: number) => new Date(Date.now() + count * 86_400_000)
  const openReviews = () =>
    query(database, 'select from member_review where closed_at is null and organisation_id = $1', [
      tilleuls(),
    ])
  await watchReviews({ db }, new Date())
  expect(await openReviews()).toHaveLength(0)
  await arrange(
    database,
    `update organisation set created_at = now() - interval '183 days' where id = $1`,
    [tilleuls()],
  )
  await Promise.all([watchReviews({ db }, new Date()), watchReviews({ db }, new Date())])
  expect(await openReviews()).toHaveLength(1)
  await until(() => lettersTo('gestionnaire').length === 1)
  expect(lettersTo('gestionnaire')[0]?.subject).toBe('Revoyez les rôles dans Les Tilleuls ASBL')

  await watchReviews({ db }, days(13))
  await Promise.all([watchReviews({ db }, days(15)), watchReviews({ db }, days(15))])
  await until(() => lettersTo('gestionnaire').length === 2)
  await watchReviews({ db }, days(29))
  await until(() => lettersTo('responsable').length === 1)
  expect(lettersTo('responsable')[0]?.subject).toBe(
    'La revue des rôles de Les Tilleuls ASBL attend toujours',
  )
  await watchReviews({ db }, days(60))
  expect(lettersTo('gestionnaire')).toHaveLength(2)
  expect(lettersTo('responsable')).toHaveLength(1)

  await query(
    database,
    `update membership set state = 'left', until = now()
      where organisation_id = $1 and role <> 'GESTIONNAIRE'`,
    [tilleuls()],
  )
  await watchReviews({ db }, days(61))
  expect(await openReviews()).toHaveLength(0)
  await watchReviews({ db }, days(61))
  expect(await openReviews()).toHaveLength(0)
})
