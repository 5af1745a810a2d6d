import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { Visitor } from '@myanm/testing'
import { makeOffer, openStage, type Stage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(async () => {
  await stage[Symbol.asyncDispose]()
})

describe('publishing an offer', () => {
  test('a collaborator publishes, and everybody reads it', async () => {
    const author = await stage.signIn('collaborateur')
    const page = await makeOffer(author, stage)
    expect(page.text).toContain('Votre offre est en ligne.')
    const visitor = new Visitor()
    const seen = await visitor.go(page.url)
    expect(seen.status).toBe(200)
    expect(seen.text).toContain('Vous accompagnez vingt adultes.')
    expect(seen.text).not.toContain('Collaborateur Dupont')
  })
})
