import type { Because } from './decision.ts'
import type { Question } from './question.ts'

/**
 * Where the thing lies, seen from who acts: in their organisation, in somebody's own name,
 * elsewhere.
 */
type Place = 'here' | 'own-name' | 'elsewhere' | 'unsaid'

/**
 * Why the thing lies outside what the actor acts for, or null when it lies within. What belongs to
 * another organisation is out of reach of every role; what somebody has in their own name is out of
 * reach of everybody else (M54).
 * @param acting id of the organisation acted for, null in one's own name
 */
export function outOfReach(question: Question, acting: string | null): Because | null {
  const place = placeOf(question, acting)
  switch (question.bounds.belongs) {
    case 'nobody':
      return null
    case 'another':
      return place === 'here' ? 'already-member' : null
    case 'person':
      return place === 'own-name' || place === 'unsaid' ? notMine(question) : 'in-own-name-only'
    case 'organisation':
      return place === 'own-name' ? 'not-yours' : notHere(question, place)
    case 'context':
      if (acting === null) return inOwnName(question, place)
      return place === 'own-name' ? 'in-own-name-only' : notHere(question, place)
    case 'either':
      if (acting === null) return inOwnName(question, place)
      return place === 'own-name' ? notMine(question) : notHere(question, place)
  }
}

function placeOf({ target }: Question, acting: string | null): Place {
  if (target.organisationId === undefined) return 'unsaid'
  if (target.organisationId === null) return 'own-name'
  return target.organisationId === acting ? 'here' : 'elsewhere'
}

function notHere({ unsaid }: Question, place: Place): Because | null {
  if (place === 'here' || (place === 'unsaid' && unsaid === 'open')) return null
  return 'other-organisation'
}

function inOwnName(question: Question, place: Place): Because | null {
  if (place === 'elsewhere') return 'needs-organisation'
  if (place === 'unsaid' && question.unsaid === 'refuses') return 'not-yours'
  return notMine(question)
}

function notMine({ target, unsaid }: Question): Because | null {
  if (target.author === 'self' || (target.author === undefined && unsaid === 'open')) return null
  return 'not-yours'
}
