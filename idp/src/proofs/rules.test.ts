import { describe, expect, test } from '@jest/globals'
import {
  isReusable,
  LIFETIMES,
  normaliseCode,
  type ProofRow,
  refusalOf,
  spacedCode,
  TRIES,
} from './rules.ts'

const now = new Date('2026-11-21T10:00:00Z')
const after = (milliseconds: number) => new Date(now.getTime() + milliseconds)
const proof = (given: Partial<ProofRow> = {}): ProofRow => ({
  email: null,
  tries_left: TRIES,
  created_at: now,
  expires_at: after(LIFETIMES['reset-password']),
  used_at: null,
  ended_at: null,
  ...given,
})

describe('a link', () => {
  test('works until its time, not at it', () => {
    expect(refusalOf(proof({ expires_at: after(1) }), now)).toBeNull()
    expect(refusalOf(proof({ expires_at: now }), now)).toBe('expired')
  })

  test('that was used says so, even when its time is over too', () => {
    expect(refusalOf(proof({ used_at: now, expires_at: after(-1) }), now)).toBe('used')
    expect(refusalOf(proof({ ended_at: now }), now)).toBe('replaced')
  })
})

describe('a mail asked for again', () => {
  const wished = { purpose: 'reset-password', email: null, now } as const

  test('carries the same link while there is time to use it', () => {
    expect(isReusable(proof(), wished)).toBe(true)
    expect(isReusable(proof({ expires_at: after(1_800_001) }), wished)).toBe(true)
    expect(isReusable(proof({ expires_at: after(1_800_000) }), wished)).toBe(false)
  })

  test('carries another one when the code was guessed at, or the address is another', () => {
    expect(isReusable(proof({ tries_left: TRIES - 1 }), wished)).toBe(false)
    expect(isReusable(proof({ email: 'autre@exemple.be' }), wished)).toBe(false)
  })

  test('never carries one that is used or replaced', () => {
    expect(isReusable(proof({ used_at: now }), wished)).toBe(false)
    expect(isReusable(proof({ ended_at: now }), wished)).toBe(false)
  })
})

describe('a code', () => {
  test.each([
    '12345678',
    '1234 5678',
    ' 1234-5678 ',
    '1234\u00a05678',
    '１２３４５６７８',
    '1234–5678',
  ])('is the same however it is typed: %s', (typed) => {
    expect(normaliseCode(typed)).toBe('12345678')
  })

  test('is written in two groups', () => {
    expect(spacedCode('12345678')).toBe('1234 5678')
  })
})
