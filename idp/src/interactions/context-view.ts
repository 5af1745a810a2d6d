import type { Db } from '@myanm/database'
import type { Role } from '@myanm/permissions'
import { displayName, standingOf } from '#accounts'
import { listInvitationsOf } from '#invitations'
import { listRequestsOf } from '#join-requests'
import { type Journey } from '#journeys'
import type { Undecided } from '#oidc'
import { findMergedInto } from '#organisations'
import { roleToAskFor } from '#rules/join-requests'
import { type Need, needOf, pageAtSite } from '#rules/oidc'
import type { Tables } from '../tables.ts'
import { listByName, listLikeliest, listTooLow } from './choices-store.ts'
import { isEnough, mayMeet } from './rules.ts'

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/

/** More than this are looked for, not scrolled through. */
const AT_A_GLANCE = 12
const PAGE = 20
const RECENT = 5

/** What a journey asks of whom one acts for, and why the person is asked. */
export interface Question {
  readonly account: string
  readonly need: Need | null
  readonly because: Undecided | 'asked'
  /** What the refusal is about: one's own, where the role is too low, or one asked for by its name. */
  readonly organisation: string | null
  /** The site and its page to come back to. */
  readonly client: string
  readonly page: string | null
}

export function questionOf({ interaction, site }: Journey): Question {
  const { params, prompt, session } = interaction
  const { because = 'asked', organisation } = prompt.details as {
    because?: Question['because']
    organisation?: string
  }
  return {
    account: session?.accountId ?? '',
    need: needOf(params),
    because,
    organisation: organisation ?? namedIn(params),
    client: site.clientId,
    page: pageAtSite(params['page']),
  }
}

/** The organisation a request names. */
function namedIn({ organisation }: Journey['interaction']['params']): string | null {
  return typeof organisation === 'string' && UUID.test(organisation) ? organisation : null
}

/** The role of somebody in an organisation of theirs, now; null for whoever is not of it. */
export async function roleNow(
  db: Db<Tables>,
  { account }: Pick<Question, 'account'>,
  organisation: string,
): Promise<Role | null> {
  if (!UUID.test(organisation)) return null
  return (await standingOf(db, account, organisation))?.organisation?.role ?? null
}

/**
 * The organisations to choose from: all of them when they can be seen at a glance; of many, the ones last
 * acted for, and a page of the others, to be searched.
 */
export async function choicesFor(
  db: Db<Tables>,
  { account, need }: Question,
  looked: { readonly search: string; readonly after: string | null },
) {
  const whose = { account, least: need?.role ?? null }
  const likeliest = await listLikeliest(db, { ...whose, limit: AT_A_GLANCE + 1 })
  if (likeliest.length <= AT_A_GLANCE) return { isMany: false, choices: likeliest } as const
  const { search } = looked
  const after = looked.after !== null && UUID.test(looked.after) ? looked.after : null
  const found = await listByName(db, { ...whose, search, after, limit: PAGE + 1 })
  const isFirst = search === '' && after === null
  return {
    isMany: true,
    recent: isFirst ? likeliest.filter(({ chosenAt }) => chosenAt !== null).slice(0, RECENT) : [],
    choices: found.slice(0, PAGE),
    search,
    isFirst: after === null,
    next: found.length > PAGE ? (found[PAGE - 1]?.id ?? null) : null,
  } as const
}

/**
 * Where the journey can go on to by itself: what was missing is there now, granted while the page was
 * open or before it was shown again.
 */
export async function grantedMeanwhile(db: Db<Tables>, question: Question): Promise<string | null> {
  const { need, because, organisation } = question
  if (organisation !== null && (because === 'role-too-low' || because === 'not-a-member')) {
    const role = await roleNow(db, question, organisation)
    return role !== null && isEnough(need, role) ? organisation : null
  }
  // Whoever acts for another organisation is asked: nobody is moved.
  if (!need || (because !== 'no-organisation' && because !== 'several')) return null
  const { account } = question
  const [first, second] = await listLikeliest(db, { account, least: need.role, limit: 2 })
  return first && !second ? first.id : null
}

/** Where the organisation they come for went with its team, for whoever was of it (ahead 5). */
export async function mergedInto(
  db: Db<Tables>,
  { because, organisation, account }: Question,
): Promise<MergedInto | null> {
  return because === 'not-a-member' && organisation !== null
    ? ((await findMergedInto(db, { organisation, account })) ?? null)
    : null
}

type MergedInto = NonNullable<Awaited<ReturnType<typeof findMergedInto>>>

/** What somebody looks for among their own organisations, where their role is too low. */
export interface LookedFor {
  readonly search: string
  /** The last of the page before. */
  readonly after: string | null
}

/**
 * Everything that leads on from « Vous ne pouvez pas encore entrer » (ahead 2).
 * @param question.looked what they look for among many; null for the likeliest
 */
export async function waysIn(
  db: Db<Tables>,
  question: Question & { readonly looked: LookedFor | null },
) {
  const { account, need, organisation, looked } = question
  const least = need?.role ?? null
  const atOnce = looked === null ? RECENT : PAGE
  const [enough, invitations, tooLow, requests] = await Promise.all([
    need ? listLikeliest(db, { account, least, limit: RECENT + 1 }) : [],
    listInvitationsOf(db, account),
    least === null
      ? []
      : listTooLow(db, { account, least, first: organisation, looked, limit: atOnce + 1 }),
    listRequestsOf(db, account),
  ])
  const open = requests.filter(({ state }) => state === 'pending')
  const helpful = open.filter((request) => mayMeet(need, request))
  return {
    enough: enough.slice(0, RECENT),
    hasMore: enough.length > RECENT,
    invitations: invitations.slice(0, RECENT),
    tooLow: tooLow.slice(0, atOnce).map(({ manager, pending, ...choice }) => ({
      ...choice,
      manager: manager && { name: displayName(manager), email: manager.email },
      pending: pending && { ...pending, mayMeet: mayMeet(need, pending) },
    })),
    looked,
    mayLookFurther: looked !== null || tooLow.length > RECENT,
    next: looked !== null && tooLow.length > PAGE ? (tooLow[PAGE - 1]?.id ?? null) : null,
    ask: roleToAskFor(least),
    joins: open.filter(({ kind }) => kind === 'join').slice(0, RECENT),
    isWaiting: helpful.length > 0,
    goesOn: goesOn(question, { helpful, enough }),
  }
}

/**
 * What is promised while an answer is awaited: to go on by itself, as `grantedMeanwhile` does, or to be
 * offered here. Of an organisation that a site named, it is not said: whether it is the one asked by its
 * number would tell who it is.
 */
function goesOn(
  { need, because, organisation }: Question,
  known: {
    readonly helpful: readonly { readonly organisation: string | null }[]
    readonly enough: readonly unknown[]
  },
): boolean {
  if (because === 'role-too-low') {
    return known.helpful.some((request) => request.organisation === organisation)
  }
  const isFirstChoice = because === 'no-organisation' || because === 'several'
  return need !== null && isFirstChoice && known.enough.length === 0
}

export type WaysIn = Awaited<ReturnType<typeof waysIn>>
