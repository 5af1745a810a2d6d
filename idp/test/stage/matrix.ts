import { ACTIONS, type ActionKey, type Column } from '@myanm/permissions'
import type { Visitor } from '@myanm/testing'

/** What came back, in the words of the table. */
export type Verdict =
  /** The page, or the result of a form that answers with a page. */
  | 'shown'
  /** Led on after a form, and something is different from before. */
  | 'done'
  /** Led on after a form, and nothing is different. */
  | 'unmoved'
  /** What was typed is wrong: who asks may. */
  | 'mistaken'
  /** The role is too low, and the page says so (E14). */
  | 'E14'
  /** Who leads hands over first (E16). */
  | 'E16'
  /** Not of this team: nothing is there. */
  | '404'
  | 'sign-in'
  /** Anything else that is no. */
  | `refused ${number}`
  /** Any answer but `done`, with something different from before: never right. */
  | `${string}, but something changed`

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

/** Asks as this visitor, and says what the answer means and whether anything is decided otherwise now. */
export async function ask(
  visitor: Visitor,
  {
    origin,
    jeton,
    digest,
  }: {
    readonly origin: URL
    readonly jeton: string
    readonly digest: () => Promise<string>
  },
  { path, fields }: Request,
): Promise<Verdict> {
  const before = await digest()
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
    hasChanged: (await digest()) !== before,
  })
}

export function verdictOf(
  status: number,
  answer: { readonly text: string; readonly location: string; readonly hasChanged: boolean },
): Verdict {
  const said = saidBy(status, answer)
  if (!answer.hasChanged) return said === 'done' ? 'unmoved' : said
  return said === 'done' ? said : `${said}, but something changed`
}

function saidBy(
  status: number,
  { text, location }: { readonly text: string; readonly location: string },
): Exclude<Verdict, 'unmoved'> {
  if (status === 404) return '404'
  if (status === 302 || status === 303) {
    if (/^(https?:\/\/[^/]+)?\/(connexion|authorize)\b/.test(location)) return 'sign-in'
    // Only a page of theirs: never another site, never the page of an error.
    return /^\/(organismes|compte|contact|equipe-anm)\b/.test(location) && status === 303
      ? 'done'
      : `refused ${status}`
  }
  if (status === 200) return 'shown'
  if (status === 422) return 'mistaken'
  const words = text.replaceAll(/<[^>]+>|&nbsp;/g, ' ').replaceAll('&#39;', "'")
  if (status === 403 && E14.test(words.replaceAll(/\s+/g, ' '))) return 'E14'
  if (status === 409 && words.includes("Transférez d'abord ce rôle à un responsable.")) return 'E16'
  return `refused ${status}`
}

/** Whether the written table lets a member do this, whole or in part, in their organisation. */
export function mayBe(action: ActionKey, column: Column): boolean {
  return !['no', 'not-applicable', 'read-list', 'option'].includes(ACTIONS[action].may[column])
}

/**
 * What the written table says of a member of the organisation acted for: the thing is their own, or
 * addressed to them, where the cell goes no further than that.
 */
export function expectedOf(
  action: ActionKey,
  { column, isPage }: { readonly column: Member; readonly isPage: boolean },
): Verdict {
  if (mayBe(action, column)) return isPage ? 'shown' : 'done'
  return action === 'org.leave' ? 'E16' : 'E14'
}
