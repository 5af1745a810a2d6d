import nodemailer from 'nodemailer'

export interface Letter {
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
}

export interface Mailer {
  /** @throws the transport's error: the job that sends is then tried again. */
  send(letter: Letter): Promise<void>
  close(): void
}

/** Sends over SMTP. Addresses go through the library's own encoding: no header can be smuggled in. */
export function createMailer(options: { readonly smtp: URL; readonly from: string }): Mailer {
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
    send: async ({ to, ...letter }) => {
      await transport.sendMail({
        from: options.from,
        to: { name: '', address: to },
        ...letter,
        headers: { 'Auto-Submitted': 'auto-generated' },
      })
    },
    close: () => transport.close(),
  }
}
