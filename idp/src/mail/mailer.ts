import nodemailer from 'nodemailer'

export interface Letter {
  /** Sent twice, it has the same name twice: mailboxes show it once. */
  readonly id: string
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
}

export interface Mailer {
  /** @throws Error that says why in codes: the job that sends is then tried again. */
  send(letter: Letter): Promise<void>
  close(): void
}

/** Sends over SMTP. Addresses go through the library's own encoding: no header can be smuggled in. */
export function createMailer(options: {
  readonly smtp: URL
  readonly from: string
  /** The right side of Message-IDs. */
  readonly host: string
}): Mailer {
  const { protocol, hostname, port, username, password } = options.smtp
  const transport = nodemailer.createTransport({
    host: hostname,
    port: Number(port || (protocol === 'smtps:' ? 465 : 587)),
    secure: protocol === 'smtps:',
    ...(username && {
      auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) },
    }),
    connectionTimeout: 5_000,
    greetingTimeout: 5_000,
    socketTimeout: 10_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return {
    send: async ({ id, to, ...letter }) => {
      await transport
        .sendMail({
          from: options.from,
          to: { name: '', address: to },
          messageId: `<${id}@${options.host}>`,
          ...letter,
          headers: { 'Auto-Submitted': 'auto-generated' },
        })
        .catch((error: object) => {
          throw new Error(reasonOf(error))
        })
    },
    close: () => transport.close(),
  }
}

/** Another server's words repeat whom the letter is for: its codes go into the log, they do not. */
function reasonOf(error: { code?: unknown; responseCode?: unknown; command?: unknown }): string {
  const codes = [error.command, error.responseCode, error.code].filter((code) => code !== undefined)
  return `mail not accepted: ${codes.map(String).join(' ') || 'no reason given'}`
}
