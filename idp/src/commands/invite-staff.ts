import { fileURLToPath } from 'node:url'
import { failToStart, readCatalogue, readConfig } from '@myanm/chassis'
import { connect } from '@myanm/database'
import { proofSecrets } from '#proofs'
import { invite } from '#staff'
import { settings } from '../config.ts'
import type { Tables } from '../tables.ts'

// A one-time link with which the person of an address joins the team, with the environment of MyANM
// itself: who may read its keys may appoint the first.
const catalogue = readCatalogue([fileURLToPath(new URL('../staff', import.meta.url))])
const say = (key: string, values: Readonly<Record<string, string>> = {}): string =>
  `${catalogue.translate('fr', `staff.command.${key}`, values)}\n`

/** @returns the exit code */
async function run(email: string): Promise<number> {
  const config = readConfig(settings, process.env)
  const { db, close } = connect<Tables>({ url: config.DATABASE_URL, name: 'invite-staff', max: 1 })
  try {
    const needs = { db, secrets: proofSecrets(config.COOKIE_KEY) }
    const outcome = await invite(needs, { email, by: null, now: new Date() })
    if (!outcome.invited) {
      process.stderr.write(say('unknown'))
      return 1
    }
    process.stdout.write(say('made', { href: new URL(outcome.path, config.PUBLIC_URL).href }))
    return 0
  } finally {
    await close()
  }
}

try {
  const [email, ...more] = process.argv.slice(2)
  if (email === undefined || more.length > 0) {
    process.stderr.write(say('usage'))
    process.exitCode = 1
  } else process.exitCode = await run(email)
} catch (error) {
  failToStart(error)
}
