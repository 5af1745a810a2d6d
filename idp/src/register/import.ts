import type { Db, Tx } from '@myanm/database'
import { enqueue } from '#jobs'
import type { Tables } from '../tables.ts'
import { type OpenExtract, openExtract, UnusableExtract } from './read-extract.ts'
import {
  type Cells,
  type Extract,
  FILES,
  hasShrunk,
  isMostlyWrong,
  PARTS,
  type Part,
  REMOVALS,
  type Rejection,
  readAddress,
  readDenomination,
  readEnterprise,
  readEntity,
  readUnit,
  turnOf,
} from './rules.ts'
import {
  analyseStaging,
  type Chunk,
  clearStaging,
  countStaged,
  endMissing,
  giveTurnBack,
  type Merged,
  mergeFull,
  mergeUpdate,
  settleNames,
  stageEnterprises,
  stageNames,
  stageRemovals,
  stageSeats,
  stageUnits,
  takeTurn,
} from './staging-store.ts'
import { countActive, findLatestExtract, noteExtract, saveCodes } from './store.ts'
import { endMissingUnits, mergeUnitsOfFull, mergeUnitsOfUpdate } from './unit-merge-store.ts'

/** Lines per statement: what is in memory at a time. */
const LINES = 2000
/** Enterprises per statement of the transaction that takes them over. */
const ENTERPRISES = 20_000

export interface Progress {
  readonly step: 'read' | 'apply'
  readonly file: string
  readonly done: number
}

export interface Listener {
  progress(progress: Progress): void
  /** @param line of its file, the heading being the first */
  rejected(refused: {
    readonly file: string
    readonly line: number
    readonly because: Rejection
  }): void
}

export interface ImportReport {
  readonly extract: Extract
  readonly lines: number
  readonly rejected: number
  readonly added: number
  readonly changed: number
  readonly ceased: number
  /** Establishment units of them. */
  readonly units: { readonly added: number; readonly changed: number; readonly ended: number }
}

/**
 * Brings the copy of the register to where an extract is (4.5): a full one, or the update after the
 * one that is here. The file is read line by line into tables of its own and held against itself and
 * against what is known; then one transaction takes it over. Until that commits everybody looks up what
 * was there before; cut short, it is run again, and done again it changes nothing.
 *
 * What organisations hear of it is asked for in the same transaction, and done after it.
 *
 * @param db one connection: it holds the turn of this import
 * @returns null when another import is at work
 * @throws UnusableExtract with the register as it was
 */
export async function importRegister(
  db: Db<Tables>,
  given: { readonly path: string; readonly listener: Listener },
): Promise<ImportReport | null> {
  if (!(await takeTurn(db))) return null
  try {
    return await importInTurn(db, given)
  } finally {
    await giveTurnBack(db)
  }
}

async function importInTurn(
  db: Db<Tables>,
  { path, listener }: { readonly path: string; readonly listener: Listener },
): Promise<ImportReport> {
  const open = await openExtract(path)
  const { extract } = open
  try {
    const latest = await findLatestExtract(db)
    const outOfTurn = turnOf(extract, latest)
    if (outOfTurn) {
      throw new UnusableExtract(outOfTurn, { number: extract.number, latest: latest ?? 0 })
    }
    requireFiles(open)
    await clearStaging(db)
    const read = createReading(db, { open, listener })
    for (const part of PARTS) await read.part(part)
    if (isMostlyWrong(read.lines(), read.rejected())) {
      throw new UnusableExtract('mostly-wrong', { lines: read.lines(), wrong: read.rejected() })
    }
    await analyseStaging(db)
    if (extract.kind === 'full') await refuseHalf(db)
    const codes = await codesOf(open)
    const done = await db.transaction().execute(async (tx) => {
      await saveCodes(tx, codes)
      const merged = await merge(tx, { extract, listener })
      await noteExtract(tx, {
        ...extract,
        enterprises: merged.added + merged.changed,
        rejected: read.rejected(),
      })
      await enqueue(tx, 'compare-with-register', {}, { key: 'compare-with-register' })
      return merged
    })
    if (done.added + done.changed > 0) await settleNames(db)
    return { extract, lines: read.lines(), rejected: read.rejected(), ...done }
  } finally {
    open.close()
    await clearStaging(db)
  }
}

const nameOf = (part: Part, { kind }: Extract, what: 'insert' | 'delete' = 'insert'): string =>
  kind === 'full' ? `${part}.csv` : `${part}_${what}.csv`

/** Said before a quarter of an hour of reading, not after it. */
function requireFiles({ extract, has }: OpenExtract): void {
  const names = PARTS.flatMap((part) => [
    nameOf(part, extract),
    ...(extract.kind === 'update' ? [nameOf(part, extract, 'delete')] : []),
  ])
  for (const file of ['code.csv', ...names]) {
    if (!has(file)) throw new UnusableExtract('missing', { file })
  }
}

async function refuseHalf(db: Db<Tables>): Promise<void> {
  const [active, activeBefore] = [await countStaged(db), await countActive(db)]
  if (active === 0) throw new UnusableExtract('empty')
  if (hasShrunk({ active, activeBefore })) {
    throw new UnusableExtract('shrunk', { active, before: activeBefore })
  }
}

/** Reads the files of an extract into the tables it is looked at in. */
function createReading(
  db: Db<Tables>,
  { open, listener }: { readonly open: OpenExtract; readonly listener: Listener },
) {
  const { extract } = open
  let [lines, rejected] = [0, 0]

  /** One file: every line is read, batches of them are written. */
  async function file<Value>(given: {
    readonly name: string
    readonly columns: readonly string[]
    readonly read: (
      cells: Cells,
    ) => { is: 'read'; value: Value } | { is: 'left' } | { is: 'rejected'; because: Rejection }
    readonly write: (rows: readonly Value[]) => Promise<void>
  }): Promise<void> {
    const { name, columns, read, write } = given
    let line = 1
    let batch: Value[] = []
    for await (const cells of open.lines(name, columns)) {
      line += 1
      const seen = cells
        ? read(cells)
        : ({ is: 'rejected', because: 'wrong-number-of-fields' } as const)
      if (seen.is === 'read') batch.push(seen.value)
      if (seen.is === 'rejected') {
        rejected += 1
        listener.rejected({ file: name, line, because: seen.because })
      }
      if (batch.length >= LINES) {
        await write(batch)
        batch = []
      }
      if (line % LINES === 0) listener.progress({ step: 'read', file: name, done: line })
    }
    if (batch.length > 0) await write(batch)
    listener.progress({ step: 'read', file: name, done: line })
    lines += line - 1
  }

  const parts: Readonly<Record<Part, (name: string) => Promise<void>>> = {
    enterprise: (name) =>
      file({
        name,
        columns: FILES.enterprise,
        read: readEnterprise,
        write: (rows) => stageEnterprises(db, rows),
      }),
    establishment: (name) =>
      file({
        name,
        columns: FILES.establishment,
        read: readUnit,
        write: (rows) => stageUnits(db, rows),
      }),
    denomination: (name) =>
      file({
        name,
        columns: FILES.denomination,
        read: readDenomination,
        write: (rows) => stageNames(db, rows),
      }),
    address: (name) =>
      file({
        name,
        columns: FILES.address,
        read: readAddress,
        write: (rows) => stageSeats(db, rows),
      }),
  }

  return {
    lines: () => lines,
    rejected: () => rejected,
    part: async (part: Part): Promise<void> => {
      await parts[part](nameOf(part, extract))
      if (extract.kind === 'full') return
      const [column] = FILES[part]
      await file({
        name: nameOf(part, extract, 'delete'),
        columns: [column],
        read: (cells) => readRemoval(cells[column] ?? ''),
        write: (numbers) => stageRemovals(db, REMOVALS[part], numbers),
      })
    },
  }
}

function readRemoval(text: string) {
  const number = readEntity(text)
  return number === null
    ? ({ is: 'rejected', because: 'not-a-number' } as const)
    : ({ is: 'read', value: number } as const)
}

/** What legal forms are called. The other lists of codes are about what is not copied. */
async function codesOf({ lines }: OpenExtract) {
  const codes = new Map<
    string,
    { category: string; code: string; language: string; label: string }
  >()
  for await (const cells of lines('code.csv', ['Category', 'Code', 'Language', 'Description'])) {
    const {
      Category: category = '',
      Code: code = '',
      Language = '',
      Description = '',
    } = cells ?? {}
    const language = Language.toLowerCase()
    if (category !== 'JuridicalForm' || code === '' || Description === '') continue
    codes.set(`${code} ${language}`, { category, code, language, label: Description })
  }
  return [...codes.values()]
}

async function merge(
  tx: Tx<Tables>,
  { extract, listener }: { readonly extract: Extract; readonly listener: Listener },
): Promise<Pick<ImportReport, 'added' | 'changed' | 'ceased' | 'units'>> {
  const { kind, snapshotOn } = extract
  let done = 0

  async function all(next: (tx: Tx<Tables>, chunk: Chunk) => Promise<Merged>) {
    let [added, changed] = [0, 0]
    for (let after: string | null = ''; after !== null; ) {
      const merged = await next(tx, { after, most: ENTERPRISES, snapshotOn })
      added += merged.added
      changed += merged.changed
      done += ENTERPRISES
      after = merged.after
      if (after !== null) listener.progress({ step: 'apply', file: '', done })
    }
    return { added, changed }
  }

  if (kind === 'update') {
    const enterprises = await all(mergeUpdate)
    return { ...enterprises, ceased: 0, units: { ...(await all(mergeUnitsOfUpdate)), ended: 0 } }
  }
  const enterprises = await all(mergeFull)
  const ceased = await endMissing(tx, snapshotOn)
  const units = await all(mergeUnitsOfFull)
  return {
    ...enterprises,
    ceased,
    units: { ...units, ended: await endMissingUnits(tx, snapshotOn) },
  }
}
