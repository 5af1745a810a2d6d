import nodemailer from 'nodemailer'
import { type Verdict, verdictOf } from './rules.ts'

export interface Letter {
  /** Sent twice, it has the same name twice: mailboxes show it once. */
  readonly id: string
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
  /** Where one click ends what it is about, in the mail program itself (RFC 8058). */
  readonly unsubscribe?: URL | undefined
}

export interface Mailer {
  /** @throws NotTaken by any post office of ours; any other error is a bug */
  send(letter: Letter): Promise<void>
  close(): void
}

/** No post office took the letter. Says why in codes: another server's words repeat whom it is for. */
export class NotTaken extends Error {
  override readonly name = 'NotTaken'
  readonly verdict: Verdict
  readonly reason: string

  constructor(verdict: Verdict, reason: string) {
    super(`mail not taken: ${verdict} ${reason}`)
    this.verdict = verdict
    this.reason = reason
  }
}

/** Time one post office has for one letter, in milliseconds; two of them end before `TRY_LASTS`. */
const PATIENCE_WITH_ONE = 20_000

/**
 * Sends over SMTP. When the first post office is away or asks for patience, the second is tried at once,
 * if there is one (ahead 7). Addresses go through the library's own encoding: no header can be smuggled in.
 */
export function createMailer(options: {
  readonly relays: readonly URL[]
  readonly from: string
  /** The right side of Message-IDs. */
  readonly host: string
  /** Where reports of a letter that did not arrive go; to the sender when absent. */
  readonly returnPath?: ((letter: string) => string) | undefined
}): Mailer {
  const relays = options.relays.map(openRelay)
  return {
    send: async (letter) => {
      let refusal: NotTaken | undefined
      for (const relay of relays) {
        try {
          return await handOver(relay, { letter, ...options })
        } catch (error) {
          refusal = error instanceof NotTaken ? error : notTaken(error as Refused)
          if (refusal.verdict === 'never') break
        }
      }
      throw refusal
    },
    close: () => {
      for (const relay of relays) relay.close()
    },
  }
}

type Relay = ReturnType<typeof openRelay>

function openRelay({ protocol, hostname, port, username, password }: URL) {
  return nodemailer.createTransport({
    host: hostname,
    port: Number(port || (protocol === 'smtps:' ? 465 : 587)),
    secure: protocol === 'smtps:',
    ...(username && {
      auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) },
    }),
    dnsTimeout: 5_000,
    connectionTimeout: 5_000,
    greetingTimeout: 5_000,
    socketTimeout: 10_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
}

async function handOver(
  relay: Relay,
  told: {
    readonly letter: Letter
    readonly from: string
    readonly host: string
    readonly returnPath?: ((letter: string) => string) | undefined
  },
): Promise<void> {
  const { id, to, subject, text, html, unsubscribe } = told.letter
  await relay.sendMail({
    from: told.from,
    to: { name: '', address: to },
    ...(told.returnPath && { envelope: { from: told.returnPath(id), to: [to] } }),
    messageId: `<${id}@${told.host}>`,
    subject,
    text,
    html,
    headers: {
      'Auto-Submitted': 'auto-generated',
      ...(unsubscribe && {
        'List-Unsubscribe': `<${unsubscribe.href}>`,
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      }),
    },
    signal: AbortSignal.timeout(PATIENCE_WITH_ONE),
  })
}

interface Refused {
  readonly code?: unknown
  readonly responseCode?: unknown
  readonly command?: unknown
  readonly response?: unknown
}

function notTaken(error: Refused): NotTaken {
  const command = typeof error.command === 'string' ? error.command : null
  const status = typeof error.responseCode === 'number' ? error.responseCode : null
  // An address no post office can even be told is no address (RFC 6531 where it is not spoken).
  const verdict =
    error.code === 'EENVELOPE' && status === null ? 'never' : verdictOf({ command, status })
  const said = typeof error.response === 'string' ? error.response : ''
  const detail = /\b[245]\.\d{1,3}\.\d{1,3}\b/.exec(said)?.[0]
  const codes = [command, status, detail, error.code].filter((code) => code != null)
  return new NotTaken(verdict, codes.map(String).join(' ') || 'no reason given')
}
