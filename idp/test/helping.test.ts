import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  Visitor,
  withDatabase,
} from '@myanm/testing'

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

const at = (path: string): URL => new URL(path, myanm.issuer)

const TOPICS = [
  ...['connexion', 'premiere-connexion', 'mot-de-passe', 'login'],
  ...['collaborateurs', 'gestionnaire'],
]
const LEGAL = ['/mentions-legales', '/vie-privee', '/accessibilite', '/conditions']

describe('help', () => {
  test('lists its pages, and each leads on to the others and to the team', async () => {
    const visitor = new Visitor()
    const index = await visitor.go(at('/aide'))
    for (const topic of TOPICS) {
      expect(index.$(`main a[href="/aide/${topic}"]`)).toHaveLength(1)
      const page = await visitor.go(at(`/aide/${topic}`))
      expect(page.status).toBe(200)
      expect(page.$('main a[href="/contact"]').length).toBeGreaterThan(0)
      for (const other of TOPICS.filter((one) => one !== topic)) {
        expect(page.$(`main a[href="/aide/${other}"]`).length).toBeGreaterThan(0)
      }
    }
  })

  test('shows our own pages, in pictures that say in words what they show', async () => {
    for (const topic of TOPICS) {
      const page = await new Visitor().go(at(`/aide/${topic}`))
      const pictures = page.$('main img').toArray()
      expect(pictures.length).toBeGreaterThan(0)
      for (const picture of pictures.map((one) => page.$(one))) {
        expect(picture.attr('alt')).toMatch(/^Image\s: .{20,}/)
        expect(Number(picture.attr('width'))).toBeGreaterThan(300)
        const answer = await fetch(at(picture.attr('src') ?? ''))
        expect(answer.status).toBe(200)
        expect(answer.headers.get('content-type')).toBe('image/webp')
        expect(answer.headers.get('cache-control')).toContain('immutable')
        expect((await answer.arrayBuffer()).byteLength).toBeLessThan(80_000)
      }
    }
    expect((await fetch(at('/aide/images/login.0000000000.webp'))).status).toBe(404)
  })
})

describe('what the law asks for', () => {
  test.each(LEGAL)('%s says what is the publisher’s to write', async (path) => {
    const page = await new Visitor().go(at(path))
    expect(page.status).toBe(200)
    expect(page.text).toContain('À compléter par l’éditeur du site')
  })

  test('privacy tells what is kept, why and until when, as the clean-up does it', async () => {
    const page = await new Visitor().go(at('/vie-privee'))
    const rows = page.$('main tbody tr').toArray()
    expect(rows.length).toBeGreaterThan(10)
    for (const row of rows) {
      for (const cell of page.$(row).find('th, td').toArray()) {
        expect(page.$(cell).text().trim()).not.toBe('')
      }
    }
    expect(page.text).toContain('12 mois')
  })

  test('is below every page, also below a page that does not exist', async () => {
    for (const path of [
      '/',
      '/nulle-part',
      '/mot-de-passe/oublie',
      '/mot-de-passe/x',
      '/contact',
    ]) {
      const page = await new Visitor().go(at(path))
      for (const href of [...LEGAL, '/aide', '/contact']) {
        expect(page.$(`footer a[href="${href}"]`)).toHaveLength(1)
      }
    }
  })
})
