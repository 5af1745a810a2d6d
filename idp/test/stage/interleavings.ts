import { setTimeout as pause } from 'node:timers/promises'
import type { Log } from '@myanm/chassis'
import {
  type Connection,
  connect,
  isCheckViolation,
  isDeadlock,
  isUniqueViolation,
  throughDeadlocks,
  transact,
} from '@myanm/database'
import type { TestDatabase } from '@myanm/testing'
import fc from 'fast-check'
import pg from 'pg'
import { acceptInvitation, cancelInvitation } from '#invitations'
import { changeMemberRole, endDueRoles, leaveOrganisation, removeMember } from '#memberships'
import {
  admit,
  closeOrganisation,
  endMembership,
  mergeOrganisations,
  reopenOrganisation,
  undoMerge,
} from '#organisations'
import { eraseDue } from '#retention'
import {
  accept,
  askToTakeOver,
  cancel,
  declareVacant,
  giveRole,
  objectToRescue,
  propose,
  refuse,
  refuseRescue,
  undo,
  watchTransfers,
  withdrawRescue,
} from '#transfers'
import { invite } from '../../src/invitations/invite.ts'
import { approveRequest } from '../../src/join-requests/decide.ts'
import { askToLeave, stay } from '../../src/my-data/leave.ts'
import { removeFromTeam } from '../../src/staff/act-on-organisation.ts'
import { lift, suspend } from '../../src/staff/suspend.ts'
import type { Tables } from '../../src/tables.ts'

// Two organisations, eight people, and everything that may happen to who leads them, at once (ahead 4).

/** The people of each small organisation: four of the team, one invited, one who asks to join. */
const CAST = 6
/** Of the other organisation, beside two of the first: who leads it, and who does not. */
const NEIGHBOURS = 2

/** What may happen; each is the use case a page calls. `careless` ones are bugs no rule would let through. */
const MOVES = [
  'propose',
  'accept',
  'refuse',
  'cancel',
  'undo',
  'expire',
  'remove',
  'leave',
  'role',
  'suspend',
  'reinstate',
  'ask-deletion',
  'cancel-deletion',
  'accept-invitation',
  'approve-request',
  'declare-vacant',
  'ask-rescue',
  'object',
  'withdraw-rescue',
  'refuse-rescue',
  'confirm-rescue',
  'appoint',
  'close',
  'reopen',
  'merge',
  'undo-merge',
  'erase',
  'invite',
  'cancel-invitation',
  'end-due-roles',
  'staff-removal',
  'careless-end',
  'careless-second',
] as const
type Move = (typeof MOVES)[number]

interface Step {
  readonly move: Move
  /** Somebody of the cast, where it is not clear who it must be. */
  readonly who: number
  readonly role: 'LECTEUR' | 'COLLABORATEUR' | 'RESPONSABLE'
  /** Milliseconds before it begins. */
  readonly after: number
  /**
   * In the middle: after so many statements the transaction is broken off, or the database ends its
   * connection, as it does when the process behind it dies.
   */
  readonly crash: { readonly how: 'broken-off' | 'terminated'; readonly at: number } | null
}

/** People who act at once, each one step after the other. */
export type Plan = readonly (readonly Step[])[]

// What leads somewhere is weighed more: an answer to nothing is soon refused.
const move = fc.oneof(
  { weight: 11, arbitrary: fc.constantFrom<Move>('propose', 'accept') },
  { weight: 7, arbitrary: fc.constantFrom<Move>('undo', 'undo', 'role') },
  { weight: 4, arbitrary: fc.constantFrom<Move>('declare-vacant', 'ask-rescue', 'confirm-rescue') },
  { weight: 3, arbitrary: fc.constantFrom<Move>('merge', 'undo-merge') },
  { weight: 9, arbitrary: fc.constantFrom<Move>(...MOVES) },
)
const step: fc.Arbitrary<Step> = fc.record({
  move,
  who: fc.nat(CAST - 1),
  role: fc.constantFrom('LECTEUR', 'COLLABORATEUR', 'RESPONSABLE'),
  after: fc.nat(4),
  crash: fc.oneof(
    { weight: 6, arbitrary: fc.constant(null) },
    {
      weight: 1,
      arbitrary: fc.record({
        how: fc.constantFrom('broken-off', 'terminated'),
        at: fc.integer({ min: 1, max: 14 }),
      }),
    },
  ),
}) as fc.Arbitrary<Step>
const plan: fc.Arbitrary<Plan> = fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), {
  minLength: 2,
  maxLength: 4,
})

/** Plans are a function of the seed: what was found is found again. */
export const plansOf = (seed: number, count: number): Plan[] =>
  fc.sample(plan, { seed, numRuns: count })

/** What holds of every organisation after every commit (6.3; 8.2, invariants 1, 2 and 4; E16; ahead 5). */
const VIOLATIONS = `
  select o.id, o.state, m.managers, m.twice, t.open, t.wrong, r.stray, l.leaving, w.astray
    from organisation o,
      lateral (select count(*) filter (where role = 'GESTIONNAIRE') as managers,
          count(*) - count(distinct account_id) as twice
        from membership where organisation_id = o.id and state = 'active') m,
      lateral (select count(*) as open, count(*) filter (where o.state <> 'active'
          or f.role <> 'GESTIONNAIRE' or f.state <> 'active'
          or g.role <> 'RESPONSABLE' or g.state <> 'active'
          or a.state <> 'active' or b.state <> 'active') as wrong
        from manager_transfer x join membership f on f.id = x.from_membership
          join membership g on g.id = x.to_membership
          join account a on a.id = f.account_id join account b on b.id = g.account_id
        where x.organisation_id = o.id and x.state = 'proposed') t,
      lateral (select count(*) as stray from rescue
        where organisation_id = o.id and rescue.state = 'open' and o.state <> 'vacant') r,
      lateral (select count(*) as leaving from membership y join account a on a.id = y.account_id
        where y.organisation_id = o.id and y.state = 'active' and y.role = 'GESTIONNAIRE'
          and a.state in ('deletion_requested', 'deleted') and o.state <> 'closed') l,
      lateral (select count(*) as astray from organisation_merge g
        join organisation k on k.id = g.kept_id
        where g.gone_id = o.id and g.undone_at is null
          and (o.state <> 'closed' or o.merged_into <> k.id)) w
    where w.astray > 0 or ((o.state = 'active' and m.managers <> 1) or m.managers > 1
      or (o.state = 'vacant' and m.managers <> 0) or m.twice > 0 or t.open > 1 or t.wrong > 0
      or r.stray > 0 or l.leaving > 0)`

/** What a broken-off transaction says of itself. */
class BrokenOff extends Error {}

export interface Findings {
  /** Plans that were played. */
  played: number
  /** Steps that changed something, that were refused plainly, that were crashed into. */
  readonly steps: { done: number; refused: number; crashed: number }
  /** Commits after which something did not hold. */
  readonly violations: { readonly seed: number; readonly at: number; readonly what: unknown }[]
  /** Errors nobody had foreseen. */
  readonly accidents: { readonly seed: number; readonly at: number; readonly what: string }[]
  /** By move: how often it changed something. */
  readonly done: Partial<Record<Move, number>>
}

/**
 * Plays plans against the real database, several organisations at once, and looks with another
 * connection after each step.
 */
export async function playAll(
  database: TestDatabase,
  given: { readonly seed: number; readonly count: number; readonly lanes?: number },
): Promise<Findings> {
  const { seed, count, lanes = 6 } = given
  const plans = plansOf(seed, count)
  const findings: Findings = {
    played: 0,
    steps: { done: 0, refused: 0, crashed: 0 },
    violations: [],
    accidents: [],
    done: {},
  }
  const connection = connect<Tables>({
    url: database.urlFor('idp'),
    name: 'interleavings',
    max: lanes * 4,
  })
  const observer = new pg.Pool({
    connectionString: database.adminUrl.href,
    options: '-c search_path=idp,public',
    max: lanes,
  })
  try {
    const staff = await seedStaff(observer, seed)
    let next = 0
    const lane = async () => {
      while (next < plans.length) {
        const at = next
        next += 1
        await play({
          plan: plans[at] ?? [],
          at,
          seed,
          connection,
          observer,
          database,
          staff,
          findings,
        })
        findings.played += 1
      }
    }
    await Promise.all(Array.from({ length: lanes }, lane))
    const { rows } = await observer.query(VIOLATIONS)
    for (const what of rows) findings.violations.push({ seed, at: -1, what })
  } finally {
    await connection.close()
    await observer.end()
  }
  return findings
}

interface Playing {
  readonly plan: Plan
  readonly at: number
  readonly seed: number
  readonly connection: Connection<Tables>
  readonly observer: pg.Pool
  readonly database: TestDatabase
  readonly staff: string
  readonly findings: Findings
}

async function play(playing: Playing): Promise<void> {
  const { plan: people, at, seed, observer, findings } = playing
  const isCarelessNear = people.flat().some((one) => one.move.startsWith('careless'))
  const place = await seedOrganisation(observer, `${seed}-${at}`)
  await Promise.all(
    people.map(async (steps) => {
      for (const one of steps) {
        await pause(one.after)
        try {
          const outcome = await take(playing, place, one)
          findings.steps[outcome] += 1
          if (outcome === 'done') findings.done[one.move] = (findings.done[one.move] ?? 0) + 1
        } catch (error) {
          // What takes no lock first (the rules all do) may wait for others in a ring, again and again.
          if (isCarelessNear && isDeadlock(error)) findings.steps.refused += 1
          else findings.accidents.push({ seed, at, what: `${one.move}: ${String(error)}` })
        }
        const { rows } = await observer.query(
          `select * from (${VIOLATIONS}) found where id = any($1)`,
          [[place.organisation, place.other]],
        )
        for (const what of rows) findings.violations.push({ seed, at, what })
      }
    }),
  )
}

interface Place {
  readonly organisation: string
  /** The other one: two of the first are of it too. */
  readonly other: string
  readonly cast: readonly string[]
  readonly invitation: string
  readonly request: string
}

type Db = Connection<Tables>['db']

/** One step, crashed into where the plan says so. */
async function take(playing: Playing, place: Place, one: Step) {
  const { connection, database, observer } = playing
  const { crash } = one
  if (!crash) return outcomeOf(await make(connection.db, { ...playing, place, one }))
  const name = `crash-${place.organisation}-${Math.random()}`.slice(0, 60)
  const own = connect<Tables>({ url: database.urlFor('idp'), name, max: 1 })
  let statements = 0
  const db = own.db.withPlugin({
    transformQuery: ({ node }) => node,
    transformResult: async ({ result }) => {
      statements += 1
      if (statements === crash.at) {
        if (crash.how === 'broken-off') throw new BrokenOff()
        await observer.query(
          'select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1',
          [name],
        )
      }
      return result
    },
  })
  try {
    return outcomeOf(await make(db, { ...playing, place, one }))
  } catch (error) {
    if (error instanceof BrokenOff) return 'crashed'
    const isGone = /terminat|ECONNRESET|connection/i.test(String(error))
    if (crash.how === 'terminated' && isGone) return 'crashed'
    throw error
  } finally {
    await own.close()
  }
}

/** Refusals of all use cases have a reason; what was done has none. */
function outcomeOf(answer: unknown): 'done' | 'refused' {
  if (answer === null || answer === true || answer === undefined) return 'done'
  if (typeof answer === 'object') {
    const { accepted, asked, is, account } = answer as Record<string, unknown>
    if (accepted === true || asked === true || is === 'approved' || account) return 'done'
  }
  return answer === 'active' || answer === 'vacant' ? 'done' : 'refused'
}

interface Making extends Playing {
  readonly place: Place
  readonly one: Step
}

/** The step, by the use case a page would call. */
async function make(db: Db, { place, one, staff, observer }: Making): Promise<unknown> {
  const { organisation, cast } = place
  const who = cast[one.who] ?? ''
  const now = new Date()
  const by = (await leads(observer, organisation)) ?? who
  const reason = 'Une raison bien assez longue'
  switch (one.move) {
    case 'propose':
      return propose({ db }, { organisation, by, to: await responsable(observer, place, one) })
    case 'accept':
    case 'refuse': {
      const open = await openTransfer(observer, organisation)
      const answer = { organisation, transfer: open?.id ?? organisation, by: open?.to ?? who, now }
      return one.move === 'accept' ? accept({ db }, answer) : refuse({ db }, answer)
    }
    case 'cancel': {
      const open = await openTransfer(observer, organisation)
      return cancel({ db }, { organisation, transfer: open?.id ?? organisation, by })
    }
    case 'undo': {
      const last = await lastTransfer(observer, organisation)
      return undo({ db }, { organisation, transfer: last ?? organisation, by, now })
    }
    case 'expire':
      await arrange(
        observer,
        "update manager_transfer set expires_at = now() where organisation_id = $1 and state = 'proposed'",
        [organisation],
      )
      return watchTransfers({ db, now: new Date(Date.now() + 1000) })
    case 'remove':
    case 'role': {
      const member = await memberOf(observer, { organisation, account: who })
      const decision = {
        organisation,
        membership: member?.id ?? organisation,
        by: { as: 'member', account: by },
        seen: member?.role ?? 'LECTEUR',
        isProved: true,
      } as const
      return transact(db, (tx) =>
        one.move === 'remove'
          ? removeMember(tx, decision)
          : changeMemberRole(tx, { ...decision, role: one.role, lastDay: null }),
      )
    }
    case 'leave':
      return transact(db, (tx) => leaveOrganisation(tx, { organisation, account: who }))
    case 'suspend':
      return suspend({ db }, { staff, account: who, reason })
    case 'reinstate':
      return lift({ db }, { staff, account: await inState(observer, place, 'suspended'), reason })
    case 'ask-deletion':
      return askToLeave(db, { account: who, now })
    case 'cancel-deletion': {
      const account = await inState(observer, place, 'deletion_requested')
      return transact(db, (tx) => stay(tx, { account, now }))
    }
    case 'accept-invitation': {
      const open = await openInvitation(observer, organisation)
      const invitation = open?.id ?? place.invitation
      const account = open?.account ?? cast[4] ?? ''
      return acceptInvitation({ db }, { invitation, account, proof: null, now })
    }
    case 'approve-request':
      return approveRequest({ db }, { organisation, request: place.request, by, role: one.role })
    case 'close':
      return transact(db, (tx) => closeOrganisation(tx, { organisation, by: staff }))
    case 'reopen':
      return transact(db, (tx) => reopenOrganisation(tx, { organisation, by: staff }))
    case 'careless-end':
    case 'careless-second':
      return careless(db, { organisation, by, who, move: one.move })
    case 'merge':
    case 'undo-merge':
      return merges(db, { place, one, staff, observer })
    case 'erase':
    case 'invite':
    case 'cancel-invitation':
    case 'end-due-roles':
    case 'staff-removal':
      return comesAndGoes(db, { place, one, staff, observer })
    default:
      return rescues(db, { place, one, staff, observer })
  }
}

type Part = Pick<Making, 'place' | 'one' | 'staff' | 'observer'>

/** Either into the other, and back again. */
async function merges(db: Db, { place, one, staff: by, observer }: Part): Promise<unknown> {
  const both = [place.organisation, place.other] as const
  if (one.move === 'merge') {
    const [kept, gone] = one.who % 2 === 0 ? both : ([both[1], both[0]] as const)
    const merge = await transact(db, (tx) => mergeOrganisations(tx, { kept, gone, by }))
    return merge === null ? 'refused' : true
  }
  const last = await first<{ id: string }>(
    observer,
    `select id from organisation_merge where gone_id = any($1) and undone_at is null
      order by id desc limit 1`,
    [both],
  )
  const merge = last?.id ?? place.organisation
  return transact(db, (tx) => undoMerge(tx, { merge, by, now: new Date() }))
}

/** Who comes and goes without anybody handing anything over. */
async function comesAndGoes(db: Db, { place, one, staff, observer }: Part): Promise<unknown> {
  const { organisation, cast } = place
  const who = cast[one.who] ?? ''
  const by = (await leads(observer, organisation)) ?? who
  const now = new Date()
  const log = { info: () => undefined } as unknown as Log
  switch (one.move) {
    case 'erase':
      // Seven days later: they had asked, and have not come back.
      await askToLeave(db, { account: who, now })
      await arrange(
        observer,
        `update account set deletion_requested_at = now() - interval '8 days'
          where id = any($1) and state = 'deletion_requested'`,
        [cast],
      )
      return (await eraseDue({ db, log })) > 0
    case 'invite': {
      // Somebody who is not of it from the beginning.
      const guest = cast[4 + (one.who % 4)] ?? ''
      const email = (await addressOf(observer, guest)) ?? 'personne@exemple.be'
      const entries = [{ line: 1, typed: email, email, role: null, unknownRole: null }]
      const told = { role: one.role, message: null, client: null, now }
      const judged = await invite({ db }, { organisation, by, entries, ...told })
      return judged?.[0]?.verdict === 'valid'
    }
    case 'cancel-invitation': {
      const invitation = (await openInvitation(observer, organisation))?.id ?? place.invitation
      return (await cancelInvitation({ db }, { organisation, invitation, by, now })) === 'cancelled'
    }
    case 'end-due-roles':
      await arrange(
        observer,
        // The organisation first, as everybody does.
        `with held as materialized (select id from organisation where id = $1 for update)
          update membership set ends_on = current_date - 2 from held
            where organisation_id = held.id and account_id = $2 and membership.state = 'active'
              and role <> 'GESTIONNAIRE'`,
        [organisation, who],
      )
      return (await endDueRoles({ db }, now)) > 0
    default: {
      const member = await memberOf(observer, { organisation, account: who })
      return removeFromTeam(
        { db },
        {
          ...{ organisation, staff, account: who, membership: member?.id ?? organisation },
          seen: member?.role ?? 'LECTEUR',
          reason: 'Une raison bien assez longue',
        },
      )
    }
  }
}

async function rescues(db: Db, { place, one, staff, observer }: Part): Promise<unknown> {
  const { organisation, cast } = place
  const who = cast[one.who] ?? ''
  const now = new Date()
  const reason = 'Une raison bien assez longue'
  const open = await openRescue(observer, organisation)
  const rescue = open?.id ?? organisation
  switch (one.move) {
    case 'declare-vacant':
      return transact(db, (tx) => declareVacant(tx, { organisation, staff }))
    case 'ask-rescue': {
      const by = await responsable(observer, place, one)
      return askToTakeOver({ db }, { organisation, by, reason, now })
    }
    case 'object': {
      const by = await responsable(observer, place, one)
      return objectToRescue({ db }, { organisation, rescue, by, reason, now })
    }
    case 'withdraw-rescue':
      return withdrawRescue({ db }, { organisation, rescue, by: open?.account ?? who })
    case 'refuse-rescue':
      return (
        (await transact(db, (tx) => refuseRescue(tx, { organisation, rescue, staff, reason }))) ??
        'refused'
      )
    case 'confirm-rescue': {
      const later = new Date(Date.now() + 6 * 24 * 60 * 60_000)
      const given = { organisation, to: open?.account ?? who, staff, rescue, now: later }
      return transact(db, (tx) => giveRole(tx, given))
    }
    default:
      return transact(db, (tx) => giveRole(tx, { organisation, to: who, staff, rescue: null, now }))
  }
}

/** What a bug would do, past every rule: the database has the last word. */
async function careless(
  db: Db,
  {
    organisation,
    by,
    who,
    move: bug,
  }: Record<'organisation' | 'by' | 'who', string> & { move: Move },
): Promise<unknown> {
  try {
    await transact(db, async (tx) => {
      if (bug === 'careless-end') {
        await endMembership(tx, { organisation, account: by, by, how: 'left' })
      } else {
        await admit(tx, { organisation, account: who, by, role: 'GESTIONNAIRE', because: 'bug' })
      }
    })
    return true
  } catch (error) {
    const isRefused =
      isCheckViolation(error, 'exactly_one_manager') ||
      isCheckViolation(error, 'manager_stays') ||
      isUniqueViolation(error, 'membership_one_active') ||
      isUniqueViolation(error, 'membership_one_manager')
    if (isRefused) return 'refused'
    throw error
  }
}

/** Time goes by: no use case, and given way to others as each of them is. */
const arrange = (observer: pg.Pool, text: string, values: readonly unknown[]) =>
  throughDeadlocks(() => observer.query(text, [...values]))

const first = async <Row extends pg.QueryResultRow>(
  observer: pg.Pool,
  text: string,
  values: readonly unknown[],
): Promise<Row | undefined> => (await observer.query<Row>(text, [...values])).rows[0]

const leads = async (observer: pg.Pool, organisation: string): Promise<string | undefined> =>
  (
    await first<{ id: string }>(
      observer,
      `select account_id as id from membership
        where organisation_id = $1 and role = 'GESTIONNAIRE' and state = 'active'`,
      [organisation],
    )
  )?.id

/** One of the RESPONSABLES, mostly; now and then somebody who is none. */
async function responsable(observer: pg.Pool, place: Place, { who }: Step): Promise<string> {
  const { rows } = await observer.query<{ id: string }>(
    `select account_id as id from membership
      where organisation_id = $1 and role = 'RESPONSABLE' and state = 'active' order by 1`,
    [place.organisation],
  )
  const chosen = who < CAST - 1 ? rows[who % Math.max(rows.length, 1)] : undefined
  return chosen?.id ?? place.cast[who] ?? ''
}

/** Somebody of the cast whose account is in this state, or anybody. */
async function inState(observer: pg.Pool, { cast }: Place, state: string): Promise<string> {
  const found = await first<{ id: string }>(
    observer,
    'select id from account where id = any($1) and state = $2::account_state limit 1',
    [cast, state],
  )
  return found?.id ?? cast[0] ?? ''
}

const addressOf = async (observer: pg.Pool, account: string) =>
  (
    await first<{ email: string | null }>(observer, 'select email from account where id = $1', [
      account,
    ])
  )?.email

const openInvitation = (observer: pg.Pool, organisation: string) =>
  first<{ id: string; account: string | null }>(
    observer,
    `select id, account_id as account from invitation
      where organisation_id = $1 and state = 'pending' order by id desc limit 1`,
    [organisation],
  )

const openTransfer = (observer: pg.Pool, organisation: string) =>
  first<{ id: string; to: string }>(
    observer,
    `select t.id, m.account_id as "to" from manager_transfer t
      join membership m on m.id = t.to_membership
      where t.organisation_id = $1 and t.state = 'proposed'`,
    [organisation],
  )

const lastTransfer = async (observer: pg.Pool, organisation: string) =>
  (
    await first<{ id: string }>(
      observer,
      `select id from manager_transfer where organisation_id = $1 and state = 'accepted'
        order by settled_at desc limit 1`,
      [organisation],
    )
  )?.id

const openRescue = (observer: pg.Pool, organisation: string) =>
  first<{ id: string; account: string }>(
    observer,
    "select id, account_id as account from rescue where organisation_id = $1 and state = 'open'",
    [organisation],
  )

const memberOf = (
  observer: pg.Pool,
  { organisation, account }: { readonly organisation: string; readonly account: string },
) =>
  first<{ id: string; role: 'LECTEUR' | 'COLLABORATEUR' | 'RESPONSABLE' | 'GESTIONNAIRE' }>(
    observer,
    `select id, role from membership
      where organisation_id = $1 and account_id = $2 and state = 'active'`,
    [organisation, account],
  )

/** Accounts with an address they have proven. */
const ACCOUNTS = `
  insert into account (account_type, state, login, email, password_hash, given_name, family_name,
      email_confirmed_at)
    select 'organisme', 'active', $1 || '-' || n, $1 || '-' || n || '@exemple.be', 'x', 'Prénom', 'Nom',
      now()
    from generate_series(0, $2::int - 1) n returning id`

async function seedStaff(observer: pg.Pool, seed: number): Promise<string> {
  const { rows } = await observer.query<{ id: string }>(ACCOUNTS, [`equipe-${seed}`, 1])
  const staff = rows[0]?.id ?? ''
  await observer.query('insert into staff_member (account_id) values ($1)', [staff])
  return staff
}

/**
 * A GESTIONNAIRE, two RESPONSABLES, a COLLABORATEUR; somebody invited; somebody who asks to join. Another
 * organisation beside it, with a GESTIONNAIRE and a COLLABORATEUR of its own and two of the first.
 */
async function seedOrganisation(observer: pg.Pool, at: string): Promise<Place> {
  const client = await observer.connect()
  try {
    await client.query('begin')
    const { rows } = await client.query<{ id: string }>(ACCOUNTS, [
      `acteur-${at}`,
      CAST + NEIGHBOURS,
    ])
    const cast = rows.map(({ id }) => id)
    const made = await client.query<{ id: string }>(
      "insert into organisation (kind, name) values ('academie', $1) returning id",
      [`Académie ${at}`],
    )
    const organisation = made.rows[0]?.id ?? ''
    await client.query(
      `insert into membership (account_id, organisation_id, role)
        select unnest($2::uuid[]), $1,
          unnest('{GESTIONNAIRE,RESPONSABLE,RESPONSABLE,COLLABORATEUR}'::organisation_role[])`,
      [organisation, cast.slice(0, 4)],
    )
    const beside = await client.query<{ id: string }>(
      "insert into organisation (kind, name) values ('academie', $1) returning id",
      [`Académie voisine ${at}`],
    )
    const other = beside.rows[0]?.id ?? ''
    await client.query(
      `insert into membership (account_id, organisation_id, role)
        select unnest($2::uuid[]), $1,
          unnest('{GESTIONNAIRE,COLLABORATEUR,LECTEUR,RESPONSABLE}'::organisation_role[])`,
      [other, [cast[6], cast[7], cast[1], cast[3]]],
    )
    const invited = await client.query<{ id: string }>(
      `insert into invitation (organisation_id, email, account_id, role, invited_by)
        values ($1, $2, $3, 'RESPONSABLE', $4) returning id`,
      [organisation, `acteur-${at}-4@exemple.be`, cast[4], cast[0]],
    )
    const asked = await client.query<{ id: string }>(
      `insert into join_request (organisation_id, account_id, wished_role)
        values ($1, $2, 'COLLABORATEUR') returning id`,
      [organisation, cast[5]],
    )
    await client.query('commit')
    return {
      organisation,
      other,
      cast,
      invitation: invited.rows[0]?.id ?? '',
      request: asked.rows[0]?.id ?? '',
    }
  } finally {
    client.release()
  }
}
