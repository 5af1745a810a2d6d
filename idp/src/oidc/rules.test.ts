import { describe, expect, test } from '@jest/globals'
import {
  AAL1,
  AAL2,
  heardOf,
  isOutOfReach,
  levelAsked,
  levelOf,
  reaches,
  requiredLevel,
  wayInto,
} from './rules.ts'

test('two proofs are a level above one, and one above none', () => {
  expect(levelOf(['pwd'])).toBe(AAL1)
  expect(levelOf(['pwd', 'otp', 'mfa'])).toBe(AAL2)
  expect(levelOf([])).toBe(AAL1)
  expect(reaches(AAL2, AAL1)).toBe(true)
  expect(reaches(AAL2, AAL2)).toBe(true)
  expect(reaches(AAL1, AAL2)).toBe(false)
  for (const none of [null, undefined, '', 'urn:myanm:aal:9'])
    expect(reaches(none, AAL1)).toBe(false)
})

describe('a request asks for', () => {
  const essential = (more: object) => ({ essential: true, ...more })
  test.each([
    [undefined, null, null],
    [AAL1, null, AAL1],
    [AAL2, null, AAL2],
    [`${AAL2} ${AAL1}`, null, AAL1],
    ['urn:elsewhere', null, null],
    [`urn:elsewhere ${AAL2}`, null, AAL2],
    [undefined, essential({ value: AAL2 }), AAL2],
    [undefined, essential({ values: [AAL2] }), AAL2],
    [undefined, essential({ values: [AAL2, AAL1] }), AAL1],
    [AAL1, essential({ values: [AAL2] }), AAL2],
    [undefined, { value: AAL2 }, null],
    [undefined, essential({}), null],
    [undefined, essential({ values: 'text' }), null],
    [undefined, essential({ values: [1, null, {}] }), null],
  ])('%j and %j: %j', (acrValues, claim, level) => {
    expect(levelAsked({ acrValues, claim })).toBe(level)
  })

  test('what no sign-in here can be, only when it insists', () => {
    expect(isOutOfReach(essential({ value: 'urn:elsewhere' }))).toBe(true)
    expect(isOutOfReach(essential({ values: ['urn:elsewhere', AAL2] }))).toBe(false)
    expect(isOutOfReach({ value: 'urn:elsewhere' })).toBe(false)
    expect(isOutOfReach(essential({}))).toBe(false)
    expect(isOutOfReach(null)).toBe(false)
  })
})

describe('of the claims parameter', () => {
  test('is heard how the sign-in must be, and nothing else', () => {
    const acr = { essential: true, values: [AAL2], more: { of: ['it'] } }
    expect(heardOf({ acr, sub: null, auth_time: { value: 7 }, email: 'x', role: {} })).toEqual({
      ...{ acr: { essential: true, values: [AAL2] }, sub: null, auth_time: { value: 7 } },
    })
    expect(heardOf({})).toEqual({})
    expect(heardOf(JSON.parse('{"__proto__":{"acr":7},"constructor":7}'))).toEqual({})
  })

  test.each([
    ['text', 'x'],
    ['a number', 7],
    ['a list', [1]],
    ['an odd value', { value: {} }],
    ['odd values', { values: 'x' }],
    ['an odd value among others', { values: ['x', null] }],
    ['odd insistence', { essential: 'yes' }],
    ['a NUL byte', { value: 'a\u0000b' }],
    ['half a character', { values: ['\ud800'] }],
  ])('%s is no way to ask', (_, claim) => {
    for (const name of ['acr', 'auth_time', 'sub']) expect(heardOf({ [name]: claim })).toBeNull()
  })
})

test('whoever has a second factor is asked for it at every site', () => {
  expect(requiredLevel({ asked: null, hasSecondFactor: false })).toBe(AAL1)
  expect(requiredLevel({ asked: AAL2, hasSecondFactor: false })).toBe(AAL2)
  expect(requiredLevel({ asked: null, hasSecondFactor: true })).toBe(AAL2)
  expect(requiredLevel({ asked: AAL1, hasSecondFactor: true })).toBe(AAL2)
})

describe('the way back into a site, days later', () => {
  const to = { organisation: 'an-organisation', page: '/publier/emploi?type=cdi' }
  const house = { clientId: 'guide-social', homeUri: 'https://guide.example/', redirectUris: [] }
  const partner = {
    clientId: 'partner',
    homeUri: null,
    redirectUris: ['https://partner.example/oidc/back', 'https://partner.example/back'],
  }

  test('leads through the door the sites of the house share, for the organisation', () => {
    expect(wayInto(house, to)).toBe(
      'https://guide.example/connexion?organisation=an-organisation&retour=%2Fpublier%2Femploi%3Ftype%3Dcdi',
    )
    expect(wayInto(house, { ...to, organisation: null })).toBe('https://guide.example/')
  })

  test('leads to the page itself at any other, at the place it has registered', () => {
    expect(wayInto(partner, to)).toBe('https://partner.example/publier/emploi?type=cdi')
    const known = { ...partner, homeUri: 'https://www.partner.example/accueil' }
    expect(wayInto(known, to)).toBe('https://www.partner.example/publier/emploi?type=cdi')
    expect(wayInto(known, { ...to, page: null })).toBe('https://www.partner.example/accueil')
  })

  test.each([
    [[]],
    [['https://one.example/back', 'https://two.example/back']],
    [['http://127.0.0.1:8080/back']],
    [['be.example.app:/back']],
    [['https://one.example/back', 'be.example.app:/back']],
    [['no address at all']],
  ])('leads nowhere where %j is all that is registered', (redirectUris) => {
    expect(wayInto({ ...partner, redirectUris }, to)).toBeNull()
  })

  test.each([
    '//evil.example/',
    '/\\evil.example',
    '/.//evil.example',
    'https://evil.example/',
    'javascript:alert(1)',
    '/\t/evil.example',
    '@evil.example',
    '.evil.example',
  ])('never leads to another place, whatever the page was kept as: %s', (page) => {
    for (const site of [house, partner, { ...partner, homeUri: 'https://home.example/' }]) {
      const way = wayInto(site, { ...to, page })
      const registered = [site.homeUri, ...site.redirectUris].map(
        (uri) => uri && new URL(uri).origin,
      )
      if (way !== null) expect(registered).toContain(new URL(way).origin)
    }
  })

  test('never to what is no page of the web', () => {
    const scheme = { ...partner, homeUri: 'javascript:alert(1)' }
    expect(wayInto(scheme, to)).toBeNull()
  })
})
