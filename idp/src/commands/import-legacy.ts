import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { failToStart, readConfig } from '@myanm/chassis'
import { connect } from '@myanm/database'
import {
  importLegacy,
  openReport,
  type PlacedLine,
  type PlanLine,
  type Progress,
  sayInFrench,
  sayReport,
  showProgress,
  UnreadableFile,
} from '#legacy'
import { settings } from '../config.ts'
import type { Tables } from '../tables.ts'

// Brings old accounts in from a CSV, with the environment of MyANM itself. Without --apply it only says
// what it would do. Both ways it leaves three reports beside the file: what it would change, who would have
// which place in which organisation, and the lines it cannot take, each with its reason.
const say = sayInFrench()
const ending = new AbortController()

/** @returns the exit code */
async function run(file: string, apply: 'apply' | 'plan-only'): Promise<number> {
  const config = readConfig(settings, process.env)
  const progress = showProgress(process.stdout, say)
  // One connection, which holds the turn of this import; nobody waits behind what it asks for.
  const database = connect<Tables>({
    url: config.DATABASE_URL,
    name: 'import-legacy',
    max: 1,
    patience: 10 * 60_000,
  })
  const rejects = await openReport(`${file}.rejets.csv`, ['ligne', 'motif'])
  const plan = await openReport(`${file}.plan.csv`, [
    ...['ligne', 'site', 'identifiant', 'issue', 'champ', 'avant', 'apres'],
  ])
  const places = await openReport(`${file}.organismes.csv`, [
    ...['ligne', 'site', 'identifiant', 'numero', 'organisme', 'nom_connu', 'place', 'a_regarder'],
  ])
  const listener = {
    progress: (step: Progress) => {
      progress.show(step)
      ending.signal.throwIfAborted()
    },
    rejected: ({ line, rejected }: { line: number; rejected: string }) =>
      rejects.write([line, say(`rejected.${rejected}`)]),
    planned: ({ line, site, identifier, outcome, field, before, after }: PlanLine) =>
      plan.write([
        ...[line, site, identifier, say(`outcome.${outcome}`)],
        ...[field && say(`field.${field}`), before, after],
      ]),
    placed: ({ line, site, identifier, bce, name, knownName, outcome, conflicts }: PlacedLine) =>
      places.write([
        ...[line, site, identifier, bce, name, knownName, say(`place.${outcome}`)],
        conflicts.map((kind) => say(`conflict.${kind}`)).join(' ; '),
      ]),
    ignored: (columns: readonly string[]) =>
      void process.stdout.write(`${say('ignored', { columns: columns.join(', ') })}\n`),
  }
  try {
    const given = { file, apply, now: new Date(), listener }
    const report = await database.db.connection().execute((db) => importLegacy(db, given))
    progress.end()
    if (!report) return complain('busy')
    const seconds = progress.seconds()
    process.stdout.write(sayReport(report, { say, file, seconds }))
    return 0
  } catch (error) {
    progress.end()
    if (ending.signal.aborted) return complain('interrupted')
    if (error instanceof UnreadableFile) return complain(`file.${error.code}`, error.values)
    throw error
  } finally {
    await Promise.all([rejects.close(), plan.close(), places.close(), database.close()])
  }
}

function complain(key: string, values: Readonly<Record<string, string | number>> = {}): number {
  process.stderr.write(`${say(key, values)}\n`)
  return 1
}

try {
  process.once('SIGINT', () => ending.abort())
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { apply: { type: 'boolean', default: false } },
  })
  const [file, ...more] = positionals
  process.exitCode =
    file === undefined || more.length > 0
      ? complain('usage')
      : existsSync(file)
        ? await run(file, values.apply ? 'apply' : 'plan-only')
        : complain('file.absent', { file })
} catch (error) {
  failToStart(error)
}
