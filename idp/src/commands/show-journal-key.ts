import { failToStart, readConfig } from '@myanm/chassis'
import { sealingKey } from '#journal'
import { settings } from '../config.ts'

// The public half of the key seals of the journal are signed with, for whoever checks them.
try {
  const config = readConfig(settings, process.env)
  process.stdout.write(`${sealingKey(config.KEY_ENCRYPTION_KEY).publicKey}\n`)
} catch (error) {
  failToStart(error)
}
