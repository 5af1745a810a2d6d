import { createLog, failToStart, readConfig, runUntilStopped } from '@myanm/chassis'
import { settings } from './config.ts'
import { startIdp } from './start.ts'

try {
  const config = readConfig(settings, process.env)
  const log = createLog('idp', config.LOG_LEVEL)
  await runUntilStopped({
    begin: () => startIdp(config, { log }),
    stopWithParent: config.STOP_WITH_PARENT === '1',
    log,
  })
} catch (error) {
  failToStart(error)
}
