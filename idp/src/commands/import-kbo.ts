import { parseArgs } from 'node:util'
import { failToStart, readConfig } from '@myanm/chassis'
import { connect } from '@myanm/database'
import { follow, importRegister, sayInFrench, UnusableExtract } from '#register'
import { settings } from '../config.ts'
import type { Tables } from '../tables.ts'

// Brings the copy of the Banque-Carrefour des Entreprises up to date from one of its files, with the
// environment of MyANM itself. How far it is goes to stderr, what it did to stdout.
const say = sayInFrench()
const ending = new AbortController()

/** @returns the exit code */
async function run(path: string): Promise<number> {
  const config = readConfig(settings, process.env)
  const following = follow(process.stderr, say)
  // One connection, which holds the turn of this import; nobody waits behind what it asks for.
  const database = connect<Tables>({
    url: config.DATABASE_URL,
    name: 'import-kbo',
    max: 1,
    patience: 10 * 60_000,
  })
  const listener = {
    ...following.listener,
    progress: (step: Parameters<typeof following.listener.progress>[0]) => {
      following.listener.progress(step)
      ending.signal.throwIfAborted()
    },
  }
  try {
    const report = await database.db
      .connection()
      .execute((db) => importRegister(db, { path, listener }))
    following.end()
    if (!report) return complain(say('busy'))
    process.stdout.write(following.report(report))
    return 0
  } catch (error) {
    following.end()
    if (ending.signal.aborted) return complain(say('interrupted'))
    if (error instanceof UnusableExtract) {
      return complain(`${say(`file.${error.code}`, error.values)}\n${say('unchanged')}`)
    }
    throw error
  } finally {
    await database.close()
  }
}

function complain(sentence: string): number {
  process.stderr.write(`${sentence}\n`)
  return 1
}

try {
  process.once('SIGINT', () => ending.abort())
  const { positionals } = parseArgs({ allowPositionals: true })
  const [path, ...more] = positionals
  process.exitCode =
    path === undefined || more.length > 0 ? complain(say('usage')) : await run(path)
} catch (error) {
  failToStart(error)
}
