import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { Log } from '@myanm/chassis'
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server'
import type { Box } from './box.ts'
import type { Envelope } from './message.ts'

/** Largest mail taken, in bytes. */
const SIZE_LIMIT = 5_000_000

export type Smtp = { readonly port: number; readonly stop: () => Promise<void> }

/** Takes every mail, for whomever, into the box. No sign-in and no encryption: loopback only. */
export async function receiveMail(
  box: Box,
  { host, port, log }: { readonly host: string; readonly port: number; readonly log: Log },
): Promise<Smtp> {
  const server = new SMTPServer({
    size: SIZE_LIMIT,
    maxClients: 50,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    socketTimeout: 30_000,
    closeTimeout: 2_000,
    onData(stream, session, done) {
      take(box, stream, session).then(
        () => done(),
        (error: unknown) => done(asRefusal(error, log)),
      )
    },
  })
  // A client that breaks off is its own affair.
  server.on('error', (error) => log.warn({ err: error }, 'smtp connection'))
  const listener = server.listen(port, host)
  await once(listener, 'listening')
  return {
    port: (listener.address() as AddressInfo).port,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

async function take(box: Box, stream: SMTPServerDataStream, session: SMTPServerSession) {
  const raw = await buffer(stream)
  if (stream.sizeExceeded) throw new TooLarge()
  await box.deliver(raw, envelopeOf(session))
}

function envelopeOf({ envelope }: SMTPServerSession): Envelope {
  const { mailFrom, rcptTo } = envelope
  return {
    from: mailFrom === false ? '' : mailFrom.address,
    to: rcptTo.map(({ address }) => address),
  }
}

class TooLarge extends Error {}

function asRefusal(error: unknown, log: Log): Error & { responseCode: number } {
  if (error instanceof TooLarge) {
    return Object.assign(new Error('Message exceeds the size limit'), { responseCode: 552 })
  }
  log.error({ err: error }, 'mail could not be kept')
  return Object.assign(new Error('Try again later'), { responseCode: 451 })
}
