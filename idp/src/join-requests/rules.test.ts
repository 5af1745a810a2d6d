import { describe, expect, test } from '@jest/globals'
import { mayAskAgainOn, rolesToAskFor, roleToAskFor, STEPS, stepDue } from './rules.ts'

const DAY = 86_400_000
const TOLD = new Date('2026-11-02T10:00:00Z')

/** What happens to a request nobody answers, looked at every so many days. */
function story(each: number, who: { hasManager: boolean; hasResponsables: boolean }): string[] {
  let done = 0
  const told: string[] = []
  for (let days = 0; days <= 30; days += each) {
    const now = new Date(TOLD.getTime() + days * DAY)
    const due = stepDue({ toldAt: TOLD, done, now, ...who })
    if (!due) continue
    done = due.step
    told.push(`${days}: ${due.to}`)
  }
  return told
}

describe('a request nobody answers', () => {
  test('goes to the GESTIONNAIRE on days 2 and 5, to the RESPONSABLES, to the team within a week', () => {
    expect(story(1, { hasManager: true, hasResponsables: true })).toEqual([
      '2: manager',
      '5: manager',
      '6: responsables',
      '7: team',
    ])
  })

  test('goes past RESPONSABLES there are none of', () => {
    expect(story(1, { hasManager: true, hasResponsables: false })).toEqual([
      '2: manager',
      '5: manager',
      '6: team',
    ])
  })

  test('goes at once past a GESTIONNAIRE there is none of', () => {
    expect(story(1, { hasManager: false, hasResponsables: true })).toEqual([
      '0: responsables',
      '7: team',
    ])
    expect(story(1, { hasManager: false, hasResponsables: false })).toEqual(['0: team'])
  })

  test('is one letter after a week that nobody worked, not four', () => {
    expect(story(8, { hasManager: true, hasResponsables: true })).toEqual(['8: team'])
  })

  test('is with somebody else within seven days, whoever is silent', () => {
    for (const hasManager of [true, false]) {
      for (const hasResponsables of [true, false]) {
        expect(story(0.25, { hasManager, hasResponsables }).at(-1)).toMatch(/^[0-7]: team$/)
      }
    }
    expect(STEPS.at(-1)?.afterDays).toBeLessThanOrEqual(7)
  })
})

describe('what one may ask for', () => {
  test('is a role above one’s own, and never to lead', () => {
    expect(rolesToAskFor('LECTEUR')).toEqual(['COLLABORATEUR', 'RESPONSABLE'])
    expect(rolesToAskFor('RESPONSABLE')).toEqual([])
    expect(rolesToAskFor('GESTIONNAIRE')).toEqual([])
    expect(roleToAskFor('GESTIONNAIRE')).toBeNull()
    expect(roleToAskFor(null)).toBe('LECTEUR')
  })

  test('again, thirty days after a refusal', () => {
    expect(mayAskAgainOn(TOLD)).toEqual(new Date('2026-12-02T10:00:00Z'))
  })
})
