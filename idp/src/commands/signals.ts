import { fileURLToPath } from 'node:url'
import { failToStart, readCatalogue, readConfig } from '@myanm/chassis'
import { connect, type Db } from '@myanm/database'
import {
  countDeadLetters,
  countUntold,
  deliverAgain,
  deliverAllAgain,
  findDeadLetter,
  listDeadLetters,
  listFailingSites,
} from '#signals'
import { settings } from '../config.ts'
import type { Tables } from '../tables.ts'

// Changes of rights that a site has not heard of, with the environment of MyANM itself; and telling it
// again, once whatever stood in the way is mended.
const catalogue = readCatalogue([fileURLToPath(new URL('../signals', import.meta.url))])
type Values = Readonly<Record<string, string | number>>
const say = (key: string, values: Values = {}): string =>
  `${catalogue.translate('fr', `signals.command.${key}`, values)}\n`
const moment = (at: Date) =>
  at.toLocaleString('fr-BE', {
    dateStyle: 'short',
    timeStyle: 'medium',
    timeZone: 'Europe/Brussels',
  })

const write = (key: string, values: Values = {}): void => {
  process.stdout.write(say(key, values))
}

/** Dead letters that are read at once. */
const PAGE = 100

/** @returns the exit code */
async function run(db: Db<Tables>, [verb, what]: readonly string[]): Promise<number> {
  if (verb === undefined) return tell(db)
  if (what === undefined) return complain('usage')
  if (verb === 'again-all') return again(await deliverAllAgain(db, what), what)
  if (verb !== 'again') return complain('usage')
  const letter = UUID.test(what) ? await findDeadLetter(db, what) : undefined
  return again(letter && (await deliverAgain(db, letter.id)) ? 1 : 0, letter?.site ?? what)
}

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/

function again(count: number, site: string): number {
  if (count === 0) return complain('unknown')
  write('again', { site, count })
  return 0
}

async function tell(db: Db<Tables>): Promise<number> {
  const [failing, untold] = [await listFailingSites(db), await countUntold(db)]
  if (untold > 0) write('untold', { count: untold })
  for (const { site, since, waiting, reason } of failing) {
    const values = { site, since: moment(since), waiting, reason: reason ?? '–' }
    write('failing', values)
  }
  const unheard = await countDeadLetters(db)
  for (const { site, client, count } of unheard) {
    write('unheard', { site, client, count })
  }
  let after: string | null = null
  do {
    const { letters, next } = await listDeadLetters(db, { after, most: PAGE })
    for (const { id, site, at, since, state, reason } of letters) {
      const moments = { at: moment(at), since: moment(since) }
      write('dead', { id, site, ...moments, state: say(state).trim(), reason: reason ?? '–' })
    }
    after = next
  } while (after !== null)
  if (untold + failing.length + unheard.length === 0) write('none')
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
