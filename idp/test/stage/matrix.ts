import { ACTIONS, type ActionKey, type Column } from '@myanm/permissions'
import type { Visitor } from '@myanm/testing'

/** What came back, in the words of the table. */
export type Verdict =
  /** Done, or shown; or what was typed is wrong: who asks may. */
  | 'allowed'
  /** The role is too low, and the page says so (E14). */
  | 'E14'
  /** Who leads hands over first (E16). */
  | 'E16'
  /** Not of this team: nothing is there. */
  | '404'
  | 'sign-in'
  /** Anything else that is no. */
  | 'refused'

/** The columns of 5.3 that are persons signed in for an organisation. */
export const MEMBERS = ['L', 'C', 'R', 'G'] as const satisfies readonly Column[]
export type Member = (typeof MEMBERS)[number]

/** One request, without following where it leads. */
export interface Request {
  readonly path: string
  /** Posted, with its token; asked for as a page without. */
  readonly fields?: Readonly<Record<string, string>>
}

const E14 = /Votre rôle \([^)]+\) dans .+ ne permet pas cette action/

/** Asks as this visitor, and says what the answer means. */
export async function ask(
  visitor: Visitor,
  { origin, jeton }: { readonly origin: URL; readonly jeton: string },
  { path, fields }: Request,
): Promise<Verdict> {
  const response = await visitor.request(new URL(path, origin), {
    ...(fields && {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ jeton, ...fields }).toString(),
    }),
  })
  return verdictOf(response.status, {
    text: await response.text(),
    location: response.headers.get('location') ?? '',
  })
}

export function verdictOf(
  status: number,
  { text, location }: { readonly text: string; readonly location: string },
): Verdict {
  if (status === 404) return '404'
  if (status >= 300 && status < 400) {
    return /\/(connexion|authorize)\b/.test(location) ? 'sign-in' : 'allowed'
  }
  if (status < 300 || status === 422) return 'allowed'
  const words = text.replaceAll(/<[^>]+>|&nbsp;/g, ' ').replaceAll('&#39;', "'")
  if (E14.test(words.replaceAll(/\s+/g, ' '))) return 'E14'
  return words.includes("Transférez d'abord ce rôle à un responsable.") ? 'E16' : 'refused'
}

/**
 * What the written table says of a member of the organisation acted for: the thing is their own, or
 * addressed to them, where the cell goes no further than that.
 */
export function expectedOf(action: ActionKey, column: Member): Verdict {
  const cell = ACTIONS[action].may[column]
  if (action === 'org.leave') return cell === 'yes' ? 'allowed' : 'E16'
  return ['no', 'not-applicable', 'read-list', 'option'].includes(cell) ? 'E14' : 'allowed'
}
