import { createLog, failToStart, readConfig } from '@myanm/chassis'
import { connect } from '@myanm/database'
import { keySeal, rotateKeys } from '#oidc'
import { settings } from '../config.ts'
import type { Tables } from '../tables.ts'

// One step of signing key rotation, with the environment of MyANM itself. Every running process hears
// of it and signs with the new key within a second; what was signed before stays verifiable for a day.
try {
  const config = readConfig(settings, process.env)
  const log = createLog('rotate-keys', config.LOG_LEVEL)
  const { db, close } = connect<Tables>({
    url: config.DATABASE_URL,
    name: 'rotate-keys',
    max: 1,
    onLost: (error) => log.warn({ err: error }, 'database connection lost'),
  })
  await rotateKeys(db, keySeal(config.KEY_ENCRYPTION_KEY))
  const keys = await db
    .selectFrom('signing_key')
    .select(['kid', 'algorithm', 'state'])
    .orderBy('algorithm')
    .orderBy('created_at')
    .execute()
  for (const { kid, algorithm, state } of keys) {
    process.stdout.write(`${algorithm}  ${state.padEnd(8)} ${kid}\n`)
  }
  await close()
} catch (error) {
  failToStart(error)
}
