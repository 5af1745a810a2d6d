import { once } from 'node:events'
import { buffer } from 'node:stream/consumers'
import { freePort } from '@myanm/testing'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer } from 'smtp-server'

/** How a post office treats what comes: what real ones do on a bad day (yardsticks F17). */
export type Manner =
  | 'takes'
  /** 421 before anything is said. */
  | 'busy'
  /** 451 for the recipient. */
  | 'later'
  /** 550 for the recipient, with the address in its words. */
  | 'never'
  /** 554 for what is written. */
  | 'rejects'
  /** Has read the whole letter, and says nothing any more. */
  | 'hangs'
  /** Takes it, after two seconds at each step. */
  | 'slow'

export interface ReceivedLetter {
  readonly from: string
  readonly to: readonly string[]
  readonly raw: string
  readonly mail: Email
  /** Whether it was answered with « 250 ». */
  readonly taken: boolean
  readonly at: number
}

export interface PostOffice {
  readonly url: URL
  /** Every letter that was read to its end, oldest first. */
  readonly letters: readonly ReceivedLetter[]
  /** Moments at which somebody was at the counter. */
  readonly visits: readonly number[]
  turn(manner: Manner): void
  /** Nobody listens there any more, until it opens again. */
  close(): Promise<void>
  open(): Promise<void>
}

/** A real SMTP server on this machine, whose manners a test chooses. */
export async function openPostOffice(manner: Manner = 'takes'): Promise<PostOffice> {
  const port = await freePort()
  const letters: ReceivedLetter[] = []
  const visits: number[] = []
  let current = manner
  let server: SMTPServer | undefined

  const answer = (done: (error?: Error | null) => void, error: Error | null = null) => {
    if (current === 'slow') setTimeout(() => done(error), 2000)
    else done(error)
  }

  const open = async () => {
    if (server) return
    server = new SMTPServer({
      disabledCommands: ['AUTH', 'STARTTLS'],
      disableReverseLookup: true,
      closeTimeout: 100,
      onConnect(_session, done) {
        visits.push(performance.now())
        answer(done, current === 'busy' ? reply(421, '4.3.2 Come back later') : null)
      },
      onRcptTo({ address }, _session, done) {
        if (current === 'later') answer(done, reply(451, '4.7.1 Greylisted'))
        else if (current === 'never') answer(done, reply(550, `5.1.1 <${address}>: no such user`))
        else answer(done)
      },
      onData(stream, { envelope }, done) {
        void (async () => {
          const raw = await buffer(stream)
          const taken = current === 'takes' || current === 'slow'
          letters.push({
            from: envelope.mailFrom === false ? '' : envelope.mailFrom.address,
            to: envelope.rcptTo.map(({ address }) => address),
            raw: raw.toString(),
            mail: await PostalMime.parse(raw),
            taken,
            at: performance.now(),
          })
          if (current === 'rejects') answer(done, reply(554, '5.7.1 Not wanted'))
          else if (current !== 'hangs') answer(done)
        })()
      },
    })
    server.on('error', () => {})
    await once(server.listen(port, '127.0.0.1'), 'listening')
  }
  const close = async () => {
    const closing = server
    server = undefined
    if (closing) await new Promise<void>((resolve) => closing.close(resolve))
  }

  await open()
  return {
    url: new URL(`smtp://127.0.0.1:${port}`),
    letters,
    visits,
    turn: (next) => {
      current = next
    },
    open,
    close,
  }
}

const reply = (responseCode: number, words: string) =>
  Object.assign(new Error(words), { responseCode })
