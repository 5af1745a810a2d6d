import type { Db, Tx } from '@myanm/database'
import type { Role } from '@myanm/permissions'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'
import {
  type InvitationState,
  type InvitedRole,
  type Known,
  MOST_A_DAY,
  MOST_TO_ONE_A_DAY,
} from './rules.ts'

/** An invitation, whoever asks. */
export interface Invitation {
  readonly id: string
  readonly organisation: string
  readonly email: string
  readonly role: InvitedRole
  readonly message: string | null
  readonly client: string | null
  /** Null when whoever invited is nobody any more. */
  readonly invitedBy: string | null
  readonly state: InvitationState
  readonly createdAt: Date
  readonly sentAt: Date
  readonly sendings: number
  readonly expiresAt: Date
  readonly acceptedBy: string | null
  /** When whoever reads its mail began to answer. */
  readonly begunAt: Date | null
}

const COLUMNS = [
  'invitation.id',
  'invitation.organisation_id as organisation',
  'invitation.email',
  'invitation.role',
  'invitation.message',
  'invitation.client_id as client',
  'invitation.invited_by as invitedBy',
  'invitation.state',
  'invitation.created_at as createdAt',
  'invitation.sent_at as sentAt',
  'invitation.sendings',
  'invitation.expires_at as expiresAt',
  'invitation.accepted_by as acceptedBy',
  'invitation.begun_at as begunAt',
] as const

const typed = (row: unknown) => row as Invitation | undefined

export async function findInvitation(db: Db<Tables>, id: string): Promise<Invitation | undefined> {
  return typed(
    await db.selectFrom('invitation').select(COLUMNS).where('id', '=', id).executeTakeFirst(),
  )
}

/** As it is once nobody else changes it; whoever settles one takes the organisation's lock before. */
export async function lockInvitation(tx: Tx<Tables>, id: string): Promise<Invitation | undefined> {
  return typed(
    await tx
      .selectFrom('invitation')
      .select(COLUMNS)
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst(),
  )
}

/** What the team has already of these addresses (E19), and how much it has sent today. */
export async function findKnown(
  db: Db<Tables> | Tx<Tables>,
  organisation: string,
  keys: readonly string[],
): Promise<Known> {
  const { rows } = await sql<{
    members: string[]
    invited: string[]
    tired: string[]
    today: string
  }>`
    select
      array(select identifier_key(a.email) from membership m join account a on a.id = m.account_id
        where m.organisation_id = ${organisation} and m.state = 'active'
          and identifier_key(a.email) = any(${[...keys]}::text[])) as members,
      array(select email_key from invitation
        where organisation_id = ${organisation} and state = 'pending' and expires_at > now()
          and email_key = any(${[...keys]}::text[])) as invited,
      array(select email_key from invitation
        where organisation_id = ${organisation} and sent_at > now() - interval '1 day'
          and email_key = any(${[...keys]}::text[])
        group by email_key having sum(sendings) >= ${MOST_TO_ONE_A_DAY}) as tired,
      (select coalesce(sum(sendings), 0) from invitation
        where organisation_id = ${organisation} and sent_at > now() - interval '1 day') as today
  `.execute(db)
  const [row] = rows
  return {
    members: new Set(row?.members),
    invited: new Set(row?.invited),
    tired: new Set(row?.tired),
    left: MOST_A_DAY - Number(row?.today ?? 0),
  }
}

export interface Wanted {
  readonly email: string
  readonly role: InvitedRole
}

/**
 * Keeps invitations, in one statement. Whose address it is says no answer: it is for that person's own
 * pages and their data.
 * @returns each with its identifier
 */
export async function addInvitations(
  tx: Tx<Tables>,
  given: {
    readonly organisation: string
    readonly by: string
    readonly message: string | null
    readonly client: string | null
    readonly people: readonly Wanted[]
  },
): Promise<readonly (Wanted & { readonly id: string })[]> {
  const { organisation, by, message, client, people } = given
  const { rows } = await sql<Wanted & { id: string }>`
    insert into invitation (organisation_id, email, account_id, role, message, client_id, invited_by)
      select ${organisation}, person.email, a.id, person.role::organisation_role, ${message}, ${client}, ${by}
        from unnest(${people.map(({ email }) => email)}::text[], ${people.map(({ role }) => role)}::text[])
          as person (email, role)
        left join account a on identifier_key(a.email) = identifier_key(person.email)
          and a.email_confirmed_at is not null
    returning id, email, role`.execute(tx)
  return rows
}

/** The letters that carry them: what becomes of each is what the team sees. */
export async function noteLetters(
  tx: Tx<Tables>,
  letters: readonly { readonly id: string; readonly letter: string }[],
): Promise<void> {
  await sql`
    update invitation set letter_id = sent.letter
      from unnest(${letters.map(({ id }) => id)}::uuid[], ${letters.map(({ letter }) => letter)}::uuid[])
        as sent (id, letter)
      where invitation.id = sent.id`.execute(tx)
}

/** Sent once more, by whoever sends it now: another fourteen days. */
export async function noteSentAgain(
  tx: Tx<Tables>,
  sent: {
    readonly id: string
    readonly by: string
    readonly letter: string | null
    readonly now: Date
    readonly expiresAt: Date
  },
): Promise<void> {
  await tx
    .updateTable('invitation')
    .set((row) => ({
      invited_by: sent.by,
      letter_id: sent.letter,
      sent_at: sent.now,
      expires_at: sent.expiresAt,
      sendings: row('sendings', '+', 1),
    }))
    .where('id', '=', sent.id)
    .execute()
}

/** Somebody has begun to answer; the first time is what counts. */
export async function noteBegun(db: Db<Tables>, id: string): Promise<void> {
  await db
    .updateTable('invitation')
    .set({ begun_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where('state', '=', 'pending')
    .where('begun_at', 'is', null)
    .execute()
}

/** @returns false when it no longer waits */
export async function settle(
  tx: Tx<Tables>,
  id: string,
  to:
    | { readonly state: 'accepted'; readonly by: string }
    | { readonly state: 'declined' | 'cancelled' | 'superseded' },
): Promise<boolean> {
  const row = await tx
    .updateTable('invitation')
    .set({
      state: to.state,
      settled_at: sql<Date>`now()`,
      ...(to.state === 'accepted' && { accepted_by: to.by }),
    })
    .where('id', '=', id)
    .where('state', '=', 'pending')
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

export interface Expired {
  readonly id: string
  readonly organisation: string
  readonly invitedBy: string | null
}

/** Invitations whose time is over; what somebody is answering at this moment is theirs to settle. */
export async function expireDue(
  tx: Tx<Tables>,
  { organisation, limit }: { readonly organisation: string | null; readonly limit: number },
): Promise<readonly Expired[]> {
  const { rows } = await sql<Expired>`
    update invitation set state = 'expired', settled_at = now()
      where id in (
        select id from invitation
          where state = 'pending' and expires_at <= now()
            and (${organisation}::uuid is null or organisation_id = ${organisation}::uuid)
          order by id limit ${limit}
          for update skip locked
      )
      returning id, organisation_id as organisation, invited_by as "invitedBy"`.execute(tx)
  return rows
}

/** An invitation as the team sees it. */
export interface Listed extends Invitation {
  readonly settledAt: Date | null
  /** What became of its letter; null once that is forgotten. */
  readonly letter: string | null
  readonly inviter: {
    readonly role: Role | null
    readonly given_name: string | null
    readonly family_name: string | null
  } | null
}

const LISTED = 20

const listed = (db: Db<Tables>, organisation: string) =>
  db
    .selectFrom('invitation')
    .leftJoin('letter', 'letter.id', 'invitation.letter_id')
    .leftJoin('account as inviter', 'inviter.id', 'invitation.invited_by')
    .leftJoin('membership as theirs', (join) =>
      join
        .onRef('theirs.account_id', '=', 'invitation.invited_by')
        .onRef('theirs.organisation_id', '=', 'invitation.organisation_id')
        .on('theirs.state', '=', 'active'),
    )
    .select([
      ...COLUMNS,
      'invitation.settled_at as settledAt',
      'letter.state as letter',
      'theirs.role as inviterRole',
      'inviter.state as inviterState',
      'inviter.given_name as inviterGivenName',
      'inviter.family_name as inviterFamilyName',
    ])
    .where('invitation.organisation_id', '=', organisation)

type ListedRow = Awaited<ReturnType<ReturnType<typeof listed>['execute']>>[number]

function asListed(row: ListedRow): Listed {
  const { inviterRole, inviterState, inviterGivenName, inviterFamilyName, ...rest } = row
  return {
    ...(rest as unknown as Invitation & Pick<Listed, 'settledAt' | 'letter'>),
    inviter: inviterState && {
      role: inviterState === 'active' ? inviterRole : null,
      given_name: inviterGivenName,
      family_name: inviterFamilyName,
    },
  }
}

/**
 * The invitations of a team, the latest first.
 * @param before identifier after which the page goes on: paging by key, however many there are
 * @returns one page, and where the next begins
 */
export async function listInvitations(
  db: Db<Tables>,
  of: { readonly organisation: string; readonly before: string | null },
): Promise<{ readonly invitations: readonly Listed[]; readonly next: string | null }> {
  const rows = await listed(db, of.organisation)
    .$if(of.before !== null, (query) => query.where('invitation.id', '<', of.before ?? ''))
    .orderBy('invitation.id', 'desc')
    .limit(LISTED + 1)
    .execute()
  const page = rows.slice(0, LISTED).map(asListed)
  return { invitations: page, next: rows.length > LISTED ? (page.at(-1)?.id ?? null) : null }
}

/**
 * What waits for an answer, the latest first, for the team of the ANM (P22). Paged by key.
 * @param page `after`: the last one of the page before; null for the first
 */
export async function listPending(
  db: Db<Tables>,
  page: { readonly organisation: string; readonly after: string | null; readonly most: number },
): Promise<Listed[]> {
  const rows = await listed(db, page.organisation)
    .where('invitation.state', '=', 'pending')
    .where('invitation.expires_at', '>', sql<Date>`now()`)
    .$if(page.after !== null, (query) => query.where('invitation.id', '<', page.after ?? ''))
    .orderBy('invitation.id', 'desc')
    .limit(page.most)
    .execute()
  return rows.map(asListed)
}

export async function findListed(
  db: Db<Tables>,
  of: { readonly organisation: string; readonly id: string },
): Promise<Listed | undefined> {
  const row = await listed(db, of.organisation)
    .where('invitation.id', '=', of.id)
    .executeTakeFirst()
  return row && asListed(row)
}

/** An invitation that waits for a person, as they are shown it. */
export interface Waiting {
  readonly id: string
  readonly organisation: { readonly id: string; readonly name: string }
  readonly role: InvitedRole
  readonly invitedBy: string | null
  readonly message: string | null
  readonly expiresAt: Date
}

/** What waits at any of these addresses, in their one spelling, the latest first. */
export async function listWaiting(
  db: Db<Tables>,
  addresses: readonly string[],
): Promise<readonly Waiting[]> {
  if (addresses.length === 0) return []
  const rows = await db
    .selectFrom('invitation')
    .innerJoin('organisation', 'organisation.id', 'invitation.organisation_id')
    .select([
      'invitation.id',
      'invitation.role',
      'invitation.invited_by as invitedBy',
      'invitation.message',
      'invitation.expires_at as expiresAt',
      'organisation.id as organisationId',
      'organisation.name as organisationName',
    ])
    .where('invitation.email_key', 'in', [...addresses])
    .where('invitation.state', '=', 'pending')
    .where('invitation.expires_at', '>', sql<Date>`now()`)
    .where('organisation.state', '<>', 'closed')
    .orderBy('invitation.id', 'desc')
    .limit(50)
    .execute()
  return rows.map((row) => ({
    id: row.id,
    organisation: { id: row.organisationId, name: row.organisationName },
    role: row.role as InvitedRole,
    invitedBy: row.invitedBy,
    message: row.message,
    expiresAt: row.expiresAt,
  }))
}

/** The invitations that wait at an address, whose codes may be typed. */
export async function listAwaitingCode(
  db: Db<Tables>,
  email: string,
): Promise<readonly { readonly id: string; readonly invitedBy: string }[]> {
  const rows = await db
    .selectFrom('invitation')
    .select(['id', 'invited_by as invitedBy'])
    .where('email_key', '=', sql<string>`identifier_key(${email})`)
    .where('state', '=', 'pending')
    .where('invited_by', 'is not', null)
    .orderBy('id', 'desc')
    .limit(20)
    .execute()
  return rows as { id: string; invitedBy: string }[]
}
