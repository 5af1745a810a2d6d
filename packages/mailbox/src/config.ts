import { port, processSettings } from '@myanm/chassis'
import { z } from 'zod'

/** Everything the environment must say to the mailbox. */
export const settings = z.object({
  ...processSettings,
  SMTP_PORT: port(),
  /** Directory the mails are kept in. */
  MAILBOX_DIRECTORY: z.string().min(1),
})
