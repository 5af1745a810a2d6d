import { type Db, isUniqueViolation, type Tx, transact } from '@myanm/database'
import { atLeast } from '@myanm/permissions'
import { enqueue } from '#jobs'
import { record } from '#journal'
import { findMembership } from '#organisations'
import type { Tables } from '../tables.ts'
import { type Grantable, MOST_A_DAY, MOST_OPEN, mayAskAgainOn } from './rules.ts'
import { type Addressee, countOf, findEarlier, type NewRequest, saveRequest } from './store.ts'

const DAY = 86_400_000
/** Nobody: looked for in the place of an organisation that is not here, so that both take as long. */
const NOBODY = '00000000-0000-0000-0000-000000000000'

/** What the database refuses of one person at one organisation. */
const DOUBLES = ['join_request_one_pending', 'join_request_one_waiting', 'join_request_one_named']

export type Asked =
  | { readonly is: 'asked'; readonly request: string }
  /** E21 */
  | { readonly is: 'pending'; readonly request: string }
  | { readonly is: 'too-soon'; readonly request: string; readonly on: Date }
  | { readonly is: 'too-many' }
  /** They are of the team already, or have that role. */
  | { readonly is: 'member' }
  /** They ask for a higher role where they have none. */
  | { readonly is: 'no-member' }

interface Wish {
  readonly account: string
  readonly addressee: Addressee
  readonly message: string | null
  /** The site and its page they wanted, to be led back to. */
  readonly client: string | null
  readonly page: string | null
}

/**
 * Asks an organisation to let somebody in (6.2). The same statements are made whether or not the
 * organisation is here and led by anybody: neither the answer nor its time tells (ahead 3). Who decides
 * is told by a job, after the commit.
 */
export function askToJoin(
  { db }: { readonly db: Db<Tables> },
  wish: Wish & { readonly function: string | null; readonly role: Grantable | null },
): Promise<Asked> {
  return ask(db, {
    ...wish,
    kind: 'join',
    wishedRole: wish.role,
    refuse: (role) => (role === undefined ? null : 'member'),
  })
}

/** A member asks for a higher role (ahead 2). */
export function askToRaise(
  { db }: { readonly db: Db<Tables> },
  wish: Wish & { readonly role: Grantable },
): Promise<Asked> {
  return ask(db, {
    ...wish,
    kind: 'raise',
    wishedRole: wish.role,
    function: null,
    refuse: (role) =>
      role === undefined ? 'no-member' : atLeast(role, wish.role) ? 'member' : null,
  })
}

type Role = NonNullable<Awaited<ReturnType<typeof findMembership>>>['role']

async function ask(
  db: Db<Tables>,
  wish: NewRequest & {
    /** Why not, by what the person is there now. */
    readonly refuse: (role: Role | undefined) => 'member' | 'no-member' | null
  },
): Promise<Asked> {
  try {
    return await transact(db, (tx) => askIn(tx, wish))
  } catch (error) {
    if (!DOUBLES.some((constraint) => isUniqueViolation(error, constraint))) throw error
    const { pending } = await findEarlier(db, wish)
    // Answered between the two: asked again, it is a request like any other.
    return pending === null ? ask(db, wish) : { is: 'pending', request: pending }
  }
}

async function askIn(tx: Tx<Tables>, wish: Parameters<typeof ask>[1]): Promise<Asked> {
  const { account, addressee, kind } = wish
  const membership = await findMembership(tx, {
    organisation: addressee.id ?? NOBODY,
    account,
  })
  const refusal = wish.refuse(membership?.role)
  if (refusal) return { is: refusal }
  const now = new Date()
  const earlier = await findEarlier(tx, wish)
  if (earlier.pending !== null) return { is: 'pending', request: earlier.pending }
  const { refused } = earlier
  if (refused && mayAskAgainOn(refused.at) > now) {
    return { is: 'too-soon', request: refused.id, on: mayAskAgainOn(refused.at) }
  }
  const { open, made } = await countOf(tx, { account, since: new Date(now.getTime() - DAY) })
  if (open >= MOST_OPEN || made >= MOST_A_DAY) return { is: 'too-many' }
  const request = await saveRequest(tx, wish)
  await record(tx, {
    event: 'join-asked',
    account,
    organisation: addressee.id,
    details: { kind, ...(wish.wishedRole && { role: wish.wishedRole }) },
  })
  await enqueue(tx, 'tell-of-request', { request })
  return { is: 'asked', request }
}
