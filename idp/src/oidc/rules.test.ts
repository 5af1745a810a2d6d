import { describe, expect, test } from '@jest/globals'
import { AAL1, AAL2, isOutOfReach, levelAsked, levelOf, reaches, requiredLevel } from './rules.ts'

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

test('whoever has a second factor is asked for it at every site', () => {
  expect(requiredLevel({ asked: null, hasSecondFactor: false })).toBe(AAL1)
  expect(requiredLevel({ asked: AAL2, hasSecondFactor: false })).toBe(AAL2)
  expect(requiredLevel({ asked: null, hasSecondFactor: true })).toBe(AAL2)
  expect(requiredLevel({ asked: AAL1, hasSecondFactor: true })).toBe(AAL2)
})
