import { runInNewContext } from 'node:vm'
import { describe, expect, test } from '@jest/globals'
import { FRAME_PROBLEMS, frameProblem, Problem, problems } from './problem.ts'

describe('a problem', () => {
  test('has the status its table says, and what it was given', () => {
    const problem = problems({ 'too-late': 410 })
    const cause = new Error('why')
    const late = problem('too-late', { values: { n: 1 }, headers: { 'retry-after': '5' }, cause })
    expect(late).toMatchObject({ code: 'too-late', status: 410, values: { n: 1 }, ways: [] })
    expect(late.headers).toEqual({ 'retry-after': '5' })
    expect(late.cause).toBe(cause)
    expect(late.message).toBe('too-late')
  })

  test('is recognised by its brand, from whichever realm it comes', () => {
    expect(Problem.is(frameProblem('not-found'))).toBe(true)
    const stranger = runInNewContext(
      "Object.assign(new Error('x'), { [Symbol.for('myanm.problem')]: true })",
    ) as unknown
    expect(Problem.is(stranger)).toBe(true)
    for (const other of [new Error('x'), null, undefined, 'not-found', 404, { status: 404 }]) {
      expect(Problem.is(other)).toBe(false)
    }
  })

  test('of the frame is the fault of the request, or says that it is ours', () => {
    for (const status of Object.values(FRAME_PROBLEMS)) {
      expect(status).toBeGreaterThanOrEqual(400)
      expect(status).toBeLessThan(600)
    }
    expect(FRAME_PROBLEMS.unexpected).toBe(500)
    expect(FRAME_PROBLEMS.unavailable).toBe(503)
  })
})
