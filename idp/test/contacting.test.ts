import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import {
  query,
  signInAs,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  Visitor,
  withDatabase,
} from '@myanm/testing'
import { staffSignsIn } from './stage/team.ts'
import { until } from './stage/until.ts'

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
  await query(database, 'delete from contact_message')
})

const at = (path: string): URL => new URL(path, myanm.issuer)
const messages = () =>
  query<Record<string, string | null>>(
    database,
    `select kind, name, reply_to, organisation, bce, body, reference, account_id, state
       from contact_message order by id`,
  )

const WHO = { nom: 'Anne Martin', email: 'anne.martin@exemple.be' }

async function write(path: string, fields: Record<string, string>, visitor = new Visitor()) {
  await visitor.go(at(path))
  return visitor.submit({ fields })
}

describe('writing to the team', () => {
  test('takes no account; the reference is on the page and in a mail', async () => {
    const page = await write('/contact', {
      ...WHO,
      organisme: 'Les Tilleuls',
      bce: '0566.988.259',
      message: 'Bonjour,\nje ne trouve plus mes factures.',
    })
    expect(page.text).toContain('Votre message est arrivé')
    const [message] = await messages()
    expect(message).toMatchObject({
      kind: 'contact',
      name: 'Anne Martin',
      reply_to: 'anne.martin@exemple.be',
      organisation: 'Les Tilleuls',
      bce: '0566988259',
      account_id: null,
      state: 'open',
    })
    expect(message?.['body']).toContain('je ne trouve plus mes factures.')
    expect(page.text).toContain(String(message?.['reference']))
    await until(() => myanm.letters.some(({ to }) => to === 'anne.martin@exemple.be'))
    const letter = myanm.letters.find(({ to }) => to === 'anne.martin@exemple.be')
    expect(letter?.subject).toBe('Nous avons bien reçu votre message')
    expect(letter?.text).toContain(String(message?.['reference']))
    expect(letter?.text).not.toContain('factures')
  })

  test('of somebody signed in knows who they are', async () => {
    const { visitor } = await signInAs(myanm.issuer, 'lecteur')
    const page = await visitor.go(at('/contact'))
    expect(page.$('#nom').val()).toBe('Lecteur Dupont')
    expect(page.$('#email').val()).toBe('lecteur@exemple.be')
    await visitor.submit({ fields: { message: 'Bonjour.' } })
    const [message] = await messages()
    expect(message?.['account_id']).toBe(myanm.accounts.get('lecteur'))
  })

  test('of who leads an organisation comes first, and says for which one (M45, P31)', async () => {
    const [found] = await query<{ id: string }>(
      database,
      "select id from organisation where name = 'Les Tilleuls ASBL'",
    )
    const id = found?.id ?? ''
    const path = `/contact?organisme=${id}`
    for (const login of ['lecteur', 'gestionnaire']) {
      const { visitor } = await signInAs(myanm.issuer, login)
      const page = await visitor.go(at(path))
      expect(page.text).toContain('Vous écrivez pour Les Tilleuls ASBL')
      expect(page.text.includes('passe devant les autres')).toBe(login === 'gestionnaire')
      expect(page.$('#organisme').val()).toBe('Les Tilleuls ASBL')
      // A mistake keeps for whom it is.
      const again = await visitor.submit({ fields: { message: '' } })
      expect(again.status).toBe(422)
      expect(again.text).toContain('Vous écrivez pour Les Tilleuls ASBL')
      await visitor.submit({ fields: { message: `De ${login}.` } })
    }
    expect(
      await query(
        database,
        `select body, is_priority, organisation_id = $1 as is_theirs from contact_message order by id`,
        [id],
      ),
    ).toEqual([
      { body: 'De lecteur.', is_priority: false, is_theirs: true },
      { body: 'De gestionnaire.', is_priority: true, is_theirs: true },
    ])

    const staff = await staffSignsIn(database, myanm.issuer)
    const list = await staff.go(at('/equipe-anm/messages'))
    const titles = list.$('.row__title').map((_, row) => list.$(row).text().trim())
    expect(titles.get()).toEqual(['Gestionnaire Dupont', 'Lecteur Dupont'])
    expect(list.text).toContain('Gestionnaire : répondre en premier')
  })

  test('for an organisation one is not of says nothing of it', async () => {
    const [found] = await query<{ id: string }>(
      database,
      "select id from organisation where name = 'Le Passage ASBL'",
    )
    const id = found?.id ?? ''
    const { visitor } = await signInAs(myanm.issuer, 'gestionnaire')
    for (const typed of [id, 'x', `${id}'`]) {
      const page = await visitor.go(at(`/contact?organisme=${encodeURIComponent(typed)}`))
      expect(page.status).toBe(200)
      expect(page.text).not.toContain('Passage')
    }
    await visitor.submit({ fields: { message: 'Bonjour.' } })
    expect(await query(database, 'select organisation_id from contact_message')).toEqual([
      { organisation_id: null },
    ])
  })

  test('a forgotten login goes to the team, which answers; no login is shown', async () => {
    const page = await write('/identifiant-oublie', { ...WHO, organisme: 'Les Tilleuls' })
    expect(page.text).toContain('Votre message est arrivé')
    const [message] = await messages()
    expect(message).toMatchObject({ kind: 'forgotten-login', body: '' })
  })

  test('with mistakes says each at its field, and loses nothing', async () => {
    const page = await write('/contact', {
      nom: '',
      email: 'pas une adresse',
      organisme: 'Les Tilleuls',
      bce: '0123456789',
      message: 'Un texte auquel on tient.',
    })
    expect(page.status).toBe(422)
    expect(page.text).toContain('Indiquez votre nom.')
    expect(page.text).toContain(
      'Indiquez une adresse e-mail valide, par exemple prenom.nom@exemple.be.',
    )
    expect(page.text).toContain("Ce numéro d'entreprise n'est pas valide.")
    expect(page.$('#message').text()).toContain('Un texte auquel on tient.')
    expect(page.$('#email').val()).toBe('pas une adresse')
    expect(page.$('#bce').val()).toBe('0123456789')
    expect(await messages()).toHaveLength(0)
  })

  test('all day long from one address ends after ten in an hour, the text kept', async () => {
    for (let turn = 0; turn < 10; turn += 1) {
      const page = await write('/contact', { ...WHO, message: `Message ${turn}` })
      expect(page.status).toBe(200)
    }
    const page = await write('/contact', { ...WHO, message: 'Le onzième' })
    expect(page.status).toBe(429)
    expect(Number(page.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(page.$('#message').text()).toContain('Le onzième')
    expect(await messages()).toHaveLength(10)
  })

  test('cannot be made to write to others, nor to say what we did not', async () => {
    const wishes: Record<string, string>[] = [
      { email: 'a@exemple.be\r\nBcc: b@exemple.be' },
      { email: 'a@exemple.be, b@exemple.be' },
      { email: '"a@exemple.be" <b@exemple.be>' },
      { email: 'a@exemple.be\u560a\u560dBcc: b@exemple.be' },
    ]
    for (const wish of wishes) {
      const page = await write('/contact', { ...WHO, message: 'Bonjour', ...wish })
      expect(page.status).toBe(422)
    }
    const before = myanm.letters.length
    await write('/contact', {
      nom: 'Cliquez https://pirate.example <b>ici</b>\r\nBcc: b@exemple.be',
      email: 'anne@exemple.be',
      message: 'Bonjour',
    })
    await until(() => myanm.letters.length > before)
    const letter = myanm.letters.at(-1)
    expect(letter?.to).toBe('anne@exemple.be')
    expect(letter?.subject).toBe('Nous avons bien reçu votre message')
    expect(letter?.text).not.toContain('pirate.example')
    expect(letter?.html).not.toContain('<b>ici</b>')
  })

  test('a reference in the address that is none of ours is not repeated', async () => {
    const page = await new Visitor().go(at('/contact/envoye?reference=Appelez-le-0900'))
    expect(page.status).toBe(200)
    expect(page.text).not.toContain('0900')
  })
})
