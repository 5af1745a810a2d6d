import { type Db, isUniqueViolation } from '@myanm/database'
import { recordOfMany } from '#journal'
import type { Tables } from '../tables.ts'
import {
  changeAccounts,
  countAccounts,
  keepClaimedOrigins,
  keepOrigins,
  makeAccounts,
  markAccounts,
  movesInto,
  nextAccounts,
} from './apply-store.ts'
import { keepConflicts } from './conflict-store.ts'
import { placePeople, planPlaces } from './place-people.ts'
import { countOrganisations } from './place-store.ts'
import { findNews, planAccounts, recogniseRows, settleClaims, tieRows } from './plan-store.ts'
import { readFile } from './read-file.ts'
import {
  listPlan,
  listPlannedPlaces,
  type PlacedLine,
  type PlanFigures,
  type PlanLine,
  readFigures,
} from './report-store.ts'
import type { Rejection } from './rules.ts'
import { clearStaging, type StagedRow, stageRows, takeTurn } from './staging-store.ts'
import { mergeStillOld } from './store.ts'

/** Lines per statement, accounts per transaction: what one of them holds in memory, and may lose. */
const LINES = 2000
const ACCOUNTS = 500

export interface Progress {
  readonly step: 'read' | 'plan' | 'apply' | 'place'
  readonly done: number
  /** Null when it is not known beforehand. */
  readonly total: number | null
}

export interface ImportReport {
  readonly plan: PlanFigures
  readonly lines: number
  readonly rejected: Readonly<Partial<Record<Rejection, number>>>
  /** Addresses no mail can be sent to: those accounts have none (F113). */
  readonly badEmails: number
  /** Accounts and organisations where somebody was first while this was at work; running again settles them. */
  readonly overtaken: number
  readonly applied: boolean
}

/** Told as the import goes on, so that nothing of a long file is kept in memory. */
export interface Listener {
  progress(progress: Progress): void
  rejected(line: { readonly line: number; readonly rejected: Rejection }): Promise<void> | void
  planned(line: PlanLine): Promise<void> | void
  placed(line: PlacedLine): Promise<void> | void
  ignored(columns: readonly string[]): void
}

/**
 * Brings old accounts in from a file (specification 6.1 « import », ahead 8). The whole file is planned
 * first; the plan is then told, or told and applied. Applied in transactions of some hundred accounts,
 * each whole: cut short, it is run again, and done again it changes nothing.
 *
 * @param db one connection: it holds the turn of this import, and the turn ends with it
 * @returns null when another import is at work
 * @throws UnreadableFile before anything is written
 */
export async function importLegacy(
  db: Db<Tables>,
  given: {
    readonly file: string
    readonly apply: 'apply' | 'plan-only'
    readonly now: Date
    readonly listener: Listener
  },
): Promise<ImportReport | null> {
  if (!(await takeTurn(db))) return null
  const { listener } = given
  await clearStaging(db)
  try {
    const read = await stageFile(db, given)
    for (const [done, step] of PLANNING.entries()) {
      listener.progress({ step: 'plan', done, total: PLANNING.length })
      await step(db)
    }
    listener.progress({ step: 'plan', done: PLANNING.length, total: PLANNING.length })
    const plan = await readFigures(db)
    for await (const line of listPlan(db)) await listener.planned(line)
    for await (const line of listPlannedPlaces(db)) await listener.placed(line)
    const applied = given.apply === 'apply'
    const overtaken = applied ? await applyPlan(db, listener) : 0
    return { plan, ...read, overtaken, applied }
  } finally {
    await clearStaging(db)
  }
}

const PLANNING = [recogniseRows, findNews, tieRows, planAccounts, settleClaims, planPlaces] as const

async function stageFile(
  db: Db<Tables>,
  { file, now, listener }: { file: string; now: Date; listener: Listener },
): Promise<Pick<ImportReport, 'lines' | 'rejected' | 'badEmails'>> {
  const rejected: Partial<Record<Rejection, number>> = {}
  let waiting: StagedRow[] = []
  let [lines, badEmails] = [0, 0]

  const reject = async (line: number, reason: Rejection) => {
    rejected[reason] = (rejected[reason] ?? 0) + 1
    await listener.rejected({ line, rejected: reason })
  }
  const stage = async () => {
    for (const line of await stageRows(db, waiting)) await reject(line, 'twice-in-file')
    waiting = []
    listener.progress({ step: 'read', done: lines, total: null })
  }

  for await (const read of readFile(file, { now, onIgnored: listener.ignored })) {
    lines += 1
    if ('rejected' in read) {
      await reject(read.line, read.rejected)
      continue
    }
    if (read.hasBadEmail) badEmails += 1
    waiting.push({ line: read.line, ...read.row })
    if (waiting.length === LINES) await stage()
  }
  await stage()
  return { lines, rejected, badEmails }
}

async function applyPlan(db: Db<Tables>, listener: Listener): Promise<number> {
  await db.transaction().execute(keepClaimedOrigins)
  let [done, overtaken] = [0, 0]
  const total = await countAccounts(db)
  for (;;) {
    const accounts = await nextAccounts(db, ACCOUNTS)
    if (accounts.length === 0) break
    overtaken += await applyTo(db, accounts)
    done += accounts.length
    listener.progress({ step: 'apply', done, total })
  }
  const organisations = await countOrganisations(db)
  overtaken += await placePeople(db, (placed) =>
    listener.progress({ step: 'place', done: placed, total: organisations }),
  )
  await keepConflicts(db)
  return overtaken
}

/** What says that a login or an address is somebody's. */
const TAKEN = ['account_identifier_pkey', 'account_email_key', 'account_login_key']

/**
 * Applies the plan to some accounts, all or none. When somebody meanwhile took a login or an address of
 * one of them, they are halved until that one stands alone, and is left for another run.
 */
async function applyTo(db: Db<Tables>, accounts: readonly string[]): Promise<number> {
  try {
    await db.transaction().execute(async (tx) => {
      const moves = await movesInto(tx, accounts)
      for (const move of moves) await mergeStillOld(tx, move)
      const made = await makeAccounts(tx, accounts)
      const changed = await changeAccounts(tx, accounts)
      await keepOrigins(tx, accounts)
      await recordOfMany(tx, { event: 'legacy-imported', accounts: [...made, ...changed] })
      await recordOfMany(tx, { event: 'legacy-merged', accounts: moves.map(({ into }) => into) })
      await markAccounts(tx, accounts, 'done')
    })
    return 0
  } catch (error) {
    if (!TAKEN.some((constraint) => isUniqueViolation(error, constraint))) throw error
    if (accounts.length === 1) {
      await markAccounts(db, accounts, 'overtaken')
      return 1
    }
    const half = Math.ceil(accounts.length / 2)
    return (await applyTo(db, accounts.slice(0, half))) + (await applyTo(db, accounts.slice(half)))
  }
}
