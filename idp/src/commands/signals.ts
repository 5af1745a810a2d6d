import { fileURLToPath } from 'node:url'
import { failToStart, readCatalogue, readConfig } from '@myanm/chassis'
import { connect, type Db } from '@myanm/database'
import { deliverAgain, listDeadLetters, listFailingSites } from '#signals'
import { settings } from '../config.ts'
import type { Tables } from '../tables.ts'

// Changes of rights that a site has not heard of, with the environment of MyANM itself; and telling it
// again, once whatever stood in the way is mended.
const catalogue = readCatalogue([fileURLToPath(new URL('../signals', import.meta.url))])
const say = (key: string, values: Readonly<Record<string, string>> = {}): string =>
  `${catalogue.translate('fr', `signals.command.${key}`, values)}\n`
const moment = (at: Date) =>
  at.toLocaleString('fr-BE', {
    dateStyle: 'short',
    timeStyle: 'medium',
    timeZone: 'Europe/Brussels',
  })

/** @returns the exit code */
async function run(db: Db<Tables>, [verb, id]: readonly string[]): Promise<number> {
  if (verb === undefined) return tell(db)
  if (verb !== 'again' || id === undefined) return complain('usage')
  const letter = (await listDeadLetters(db, 10_000)).find((one) => one.id === id)
  if (!letter || !(await deliverAgain(db, id))) return complain('unknown')
  process.stdout.write(say('again', { site: letter.site }))
  return 0
}

async function tell(db: Db<Tables>): Promise<number> {
  const [failing, dead] = [await listFailingSites(db), await listDeadLetters(db)]
  for (const { site, since, waiting } of failing) {
    process.stdout.write(say('failing', { site, since: moment(since), waiting: String(waiting) }))
  }
  for (const { id, site, at, since, state, reason } of dead) {
    process.stdout.write(
      say('dead', {
        id,
        site,
        at: moment(at),
        since: moment(since),
        state: say(state).trim(),
        reason: reason ?? '',
      }),
    )
  }
  if (failing.length + dead.length === 0) process.stdout.write(say('none'))
  return 0
}

function complain(key: string): number {
  process.stderr.write(say(key))
  return 1
}

try {
  const config = readConfig(settings, process.env)
  const { db, close } = connect<Tables>({ url: config.DATABASE_URL, name: 'signals', max: 1 })
  try {
    process.exitCode = await run(db, process.argv.slice(2))
  } finally {
    await close()
  }
} catch (error) {
  failToStart(error)
}
