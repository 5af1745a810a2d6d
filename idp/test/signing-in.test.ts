import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  answerQuestions,
  beginFlow,
  discover,
  newVisitor,
  PASSWORD,
  redeem,
  signInAs,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  typeCredentials,
  withDatabase,
} from '@myanm/testing'
import * as oauth from 'openid-client'

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

describe('signing in', () => {
  test('names the site one comes from, asks the login, then the password', async () => {
    const configuration = await discover(myanm.issuer, 'guide-social')
    const flow = await beginFlow(configuration)
    const visitor = newVisitor()
    const first = await visitor.go(flow.url)
    expect(first.status).toBe(200)
    expect(first.text).toContain('Connexion pour accéder à Guide Social')
    expect(first.$('input[autocomplete^=username]')).toHaveLength(1)
    const second = await visitor.submit({ fields: { identifiant: ' Lecteur ' } })
    expect(second.$('input[autocomplete=current-password]')).toHaveLength(1)
    const back = await visitor.submit({ fields: { mot_de_passe: PASSWORD } })
    expect(back.url.origin).toBe('http://localhost:9999')
    expect(back.url.searchParams.get('iss')).toBe(myanm.issuer.origin)
    expect(back.url.searchParams.get('state')).toBe(flow.state)
    const tokens = await redeem(configuration, flow, back.url)
    expect(tokens.claims()).toMatchObject({
      org: { role: 'LECTEUR', id: myanm.organisations.get('tilleuls') },
      amr: ['pwd'],
      rights_version: expect.any(Number),
    })
    expect(Object.keys(tokens.claims() ?? {})).not.toContain('email')
  })

  test('gives the claims of the person at userinfo, for the organisation acted for', async () => {
    const { configuration, tokens } = await signInAs(myanm.issuer, 'collaborateur@exemple.be')
    const claims = await oauth.fetchUserInfo(
      configuration,
      tokens.access_token,
      tokens.claims()?.sub ?? '',
    )
    expect(claims).toEqual({
      sub: tokens.claims()?.sub,
      name: 'Collaborateur Dupont',
      given_name: 'Collaborateur',
      family_name: 'Dupont',
      locale: 'fr-BE',
      email: 'collaborateur@exemple.be',
      email_verified: true,
      account_type: 'organisme',
      rights_version: expect.any(Number),
      org: {
        id: myanm.organisations.get('tilleuls'),
        name: 'Les Tilleuls ASBL',
        bce: '0566988259',
        kind: 'organisme',
        nonprofit: true,
        legal_form: '017',
        role: 'COLLABORATEUR',
        options: [],
      },
    })
  })

  test('unknown login and wrong password get the same page', async () => {
    const pages = []
    for (const login of ['particulier', 'personne-de-ce-nom']) {
      const visitor = newVisitor()
      const flow = await beginFlow(await discover(myanm.issuer))
      await visitor.go(flow.url)
      const page = await typeCredentials(visitor, login, 'un-autre-mot-de-passe')
      expect(page.status).toBe(422)
      expect(page.text).toContain('Identifiant ou mot de passe incorrect.')
      pages.push(page.text.replaceAll(login, '…'))
    }
    expect(pages[0]).toBe(pages[1])
  })

  test('a second site opens without a password', async () => {
    const { visitor, tokens } = await signInAs(myanm.issuer, 'gestionnaire', {
      client: 'guide-social',
    })
    const configuration = await discover(myanm.issuer, 'monasbl')
    const flow = await beginFlow(configuration)
    const page = await visitor.go(flow.url)
    expect(page.url.port).toBe('9999')
    const others = await redeem(configuration, flow, page.url)
    expect(others.claims()?.sub).toBe(tokens.claims()?.sub)
  })

  test('a member of two organisations chooses, and switches without a password', async () => {
    const first = await signInAs(myanm.issuer, 'multi', {
      client: 'guide-social',
      organisation: 'Le Passage',
    })
    expect(first.tokens.claims()?.['org']).toEqual({
      id: myanm.organisations.get('passage'),
      role: 'RESPONSABLE',
    })
    const second = await signInAs(myanm.issuer, 'multi', {
      client: 'guide-social',
      visitor: first.visitor,
      parameters: { prompt: 'contexte' },
      organisation: 'Les Tilleuls',
    })
    expect(second.tokens.claims()?.['org']).toEqual({
      id: myanm.organisations.get('tilleuls'),
      role: 'COLLABORATEUR',
    })
    const third = await signInAs(myanm.issuer, 'multi', {
      client: 'guide-social',
      visitor: first.visitor,
      parameters: { organisation: 'personnel' },
    })
    expect(third.tokens.claims()?.['org']).toBeUndefined()
  })

  test('cancelling goes back to the site with a refusal', async () => {
    const visitor = newVisitor()
    const flow = await beginFlow(await discover(myanm.issuer))
    await visitor.go(flow.url)
    const page = await visitor.submit({ form: 'form[action$="/annuler"]' })
    expect(page.url.searchParams.get('error')).toBe('access_denied')
    await answerQuestions(visitor)
  })
})
