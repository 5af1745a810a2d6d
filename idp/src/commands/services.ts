import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { failToStart, readCatalogue, readConfig } from '@myanm/chassis'
import {
  connect,
  type Db,
  isForeignKeyViolation,
  isUniqueViolation,
  transact,
} from '@myanm/database'
import { addService, allowQuestions, listServices, refuseQuestions } from '#clients'
import { record } from '#journal'
import { audienceOf, isServiceId } from '#rules/clients'
import { settings } from '../config.ts'
import type { Tables } from '../tables.ts'

// Services that ask MyANM about tokens, and about whose (7.5), with the environment of MyANM itself. What
// is changed holds at the next question, in every process.
const catalogue = readCatalogue([fileURLToPath(new URL('../clients', import.meta.url))])
const say = (key: string, values: Readonly<Record<string, string>> = {}): string =>
  `${catalogue.translate('fr', `clients.command.${key}`, values)}\n`

/** A service, or a site, that there is none of. */
const FOREIGN_KEYS = [
  'introspection_policy_resource_server_fkey',
  'introspection_policy_token_client_fkey',
]

/** @returns the exit code */
async function run(
  db: Db<Tables>,
  [verb, id = '', rest = '', ofSite]: readonly string[],
): Promise<number> {
  switch (verb) {
    case undefined:
      return tell(db)
    case 'add':
      return add(db, { id, name: rest, ofSite })
    case 'allow':
    case 'refuse': {
      const change = verb === 'allow' ? allowQuestions : refuseQuestions
      const event = verb === 'allow' ? 'service-allowed' : 'service-refused'
      await transact(db, async (tx) => {
        await change(tx, { service: id, about: rest })
        await record(tx, { event, client: id, details: { about: rest } })
      })
      return tell(db)
    }
    default:
      return complain('usage')
  }
}

async function tell(db: Db<Tables>): Promise<number> {
  for (const { id, name, audience, asksAbout } of await listServices(db)) {
    const about = asksAbout.join(', ') || say('nobody').trim()
    process.stdout.write(say('service', { id, name, audience, about }))
  }
  return 0
}

async function add(
  db: Db<Tables>,
  service: { readonly id: string; readonly name: string; readonly ofSite: string | undefined },
): Promise<number> {
  const { id, name } = service
  if (!isServiceId(id) || name === '') return complain('usage')
  const secret = randomBytes(32).toString('base64url')
  const isAdded = await transact(db, async (tx) => {
    if (!(await addService(tx, { ...service, secret }))) return false
    await record(tx, { event: 'service-added', client: id })
    return true
  })
  if (!isAdded) return complain('unknown')
  // Said once: only its digest is kept.
  process.stdout.write(say('added', { id, secret, audience: audienceOf(id) }))
  return 0
}

function complain(key: string): number {
  process.stderr.write(say(key))
  return 1
}

try {
  const config = readConfig(settings, process.env)
  const { db, close } = connect<Tables>({ url: config.DATABASE_URL, name: 'services', max: 1 })
  try {
    process.exitCode = await run(db, process.argv.slice(2))
  } catch (error) {
    if (FOREIGN_KEYS.some((key) => isForeignKeyViolation(error, key))) {
      process.exitCode = complain('unknown')
    } else if (isUniqueViolation(error, 'client_pkey')) process.exitCode = complain('taken')
    else throw error
  } finally {
    await close()
  }
} catch (error) {
  failToStart(error)
}
