import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { Log } from '@myanm/chassis'
import type { Db } from '@myanm/database'
import type { SMTPServerDataStream, SMTPServerSession } from 'smtp-server'
import type { Tables } from '../tables.ts'
import { readReport } from './read-report.ts'
import type { ReturnPaths } from './return-paths.ts'
import { noteUndelivered } from './undelivered.ts'
import { noteReported } from './undelivered-store.ts'

/** Reports are small; they may carry the letter they are about. In bytes. */
const SIZE_LIMIT = 1_000_000

/** Where programs of big mailbox providers send complaints, once registered with them (RFC 5965). */
const COMPLAINTS = /^plaintes@/i

export interface ReportNeeds {
  readonly db: Db<Tables>
  readonly log: Log
  readonly returnPaths: ReturnPaths
}

export interface ReportDoor {
  readonly port: number
  stop(): Promise<void>
}

/**
 * Takes reports about our letters over SMTP, and nothing else: whoever writes to another address than
 * one we made is told that it does not exist. A report is believed for the letter it was sent for only.
 */
export async function receiveReports(
  needs: ReportNeeds,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<ReportDoor> {
  const { log, returnPaths } = needs
  // Loaded by who has such a door.
  const { SMTPServer } = await import('smtp-server')
  const server = new SMTPServer({
    size: SIZE_LIMIT,
    maxClients: 50,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    socketTimeout: 30_000,
    closeTimeout: 2_000,
    onRcptTo({ address }, _session, done) {
      const isOurs = returnPaths.read(address) !== null || COMPLAINTS.test(address)
      done(isOurs ? null : refusal(550, 'No such address'))
    },
    onData(stream, session, done) {
      take(needs, { stream, session }).then(
        () => done(),
        (error: unknown) => done(asRefusal(error, log)),
      )
    },
  })
  // A server that breaks off is its own affair.
  server.on('error', (error) => log.debug({ err: error }, 'report connection'))
  const listener = server.listen(port, host)
  await once(listener, 'listening')
  return {
    port: (listener.address() as AddressInfo).port,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

async function take(
  needs: ReportNeeds,
  { stream, session }: { stream: SMTPServerDataStream; session: SMTPServerSession },
): Promise<void> {
  const { db, log, returnPaths } = needs
  const raw = await buffer(stream)
  if (stream.sizeExceeded) throw refusal(552, 'Message exceeds the size limit')
  const report = await readReport(raw)
  if (report.kind === 'other') return
  const named = session.envelope.rcptTo.map(({ address }) => address)
  if (report.kind === 'complained' && report.returnPath) named.push(report.returnPath)
  for (const address of named) {
    const letter = returnPaths.read(address)
    if (letter === null) continue
    const noted = await noteReported(db, letter, { state: report.kind, reason: report.reason })
    if (noted) await noteUndelivered({ db, log }, { letter, reason: report.reason })
  }
}

type Refusal = Error & { responseCode: number }

const refusal = (responseCode: number, words: string): Refusal =>
  Object.assign(new Error(words), { responseCode })

function asRefusal(error: unknown, log: Log): Refusal {
  if (error instanceof Error && 'responseCode' in error) return error as Refusal
  log.error({ err: error }, 'report could not be noted')
  return refusal(451, 'Try again later')
}
