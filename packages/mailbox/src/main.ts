import { createLog, failToStart, readConfig, runUntilStopped } from '@myanm/chassis'
import { settings } from './config.ts'
import { startMailbox } from './mailbox.ts'

try {
  const config = readConfig(settings, process.env)
  const log = createLog('mailbox', config.LOG_LEVEL)
  await runUntilStopped({
    log,
    stopWithParent: config.STOP_WITH_PARENT === '1',
    begin: () =>
      startMailbox({
        directory: config.MAILBOX_DIRECTORY,
        host: config.HOST,
        httpPort: config.PORT,
        smtpPort: config.SMTP_PORT,
        publicUrl: config.PUBLIC_URL,
        log,
      }),
  })
} catch (error) {
  failToStart(error)
}
