import { randomBytes } from 'node:crypto'
import { createFrame, type Log, Secret, serve } from '@myanm/chassis'
import { openBox } from './box.ts'
import { isForPrograms, routes } from './routes.ts'
import { receiveMail } from './smtp.ts'

export type MailboxOptions = {
  /** Where mails are kept, one `.eml` each. */
  readonly directory: string
  readonly host: string
  readonly httpPort: number
  /** 0 lets the system choose. */
  readonly smtpPort: number
  readonly publicUrl: URL
  readonly log: Log
}

export type Mailbox = {
  readonly url: string
  readonly smtpUrl: string
  readonly stop: () => Promise<void>
}

/** Starts the local mailbox: an SMTP server that takes every mail, and pages and JSON to read them. */
export async function startMailbox(options: MailboxOptions): Promise<Mailbox> {
  const { host, log, publicUrl } = options
  const box = await openBox(options.directory, () => new Date())
  const { app } = createFrame({
    site: { key: 'mailbox', name: 'Boîte aux lettres', url: publicUrl },
    log,
    sources: [new URL('.', import.meta.url)],
    formKey: new Secret(randomBytes(32).toString('base64url')),
    trustedProxies: 0,
    ready: async () => {},
    carriesOwnProof: isForPrograms,
  })
  const router = routes(box)
  app.use(router.routes()).use(router.allowedMethods())
  const smtp = await receiveMail(box, { host, port: options.smtpPort, log })
  const http = await serve(app, { host, port: options.httpPort })
  return {
    url: publicUrl.origin,
    smtpUrl: `smtp://${host}:${smtp.port}`,
    stop: async () => {
      await Promise.all([smtp.stop(), http.stop()])
    },
  }
}
