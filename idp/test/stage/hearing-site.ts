import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { decodeJwt, decodeProtectedHeader, type JWTPayload } from 'jose'

/** A security event token as it came in. */
export interface Heard {
  readonly token: string
  readonly type: string | undefined
  readonly header: ReturnType<typeof decodeProtectedHeader>
  readonly claims: JWTPayload
  /** When, by a clock that never jumps. */
  readonly at: number
}

/** What a site does with an event; whoever does not answer hangs. */
export type Manner = (answer: ServerResponse, heard: Heard) => void

export const acknowledge: Manner = (answer) => answer.writeHead(202).end()
export const refuse =
  (err: string): Manner =>
  (answer) =>
    answer.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ err }))
export const fail =
  (status: number): Manner =>
  (answer) =>
    answer.writeHead(status).end()
export const hang: Manner = () => {}

export interface HearingSite {
  readonly home: string
  /** Every event it was told of, whatever it answered. */
  readonly heard: readonly Heard[]
  behave(manner: Manner): void
  forget(): void
  /** Nobody listens there any more, until `comeBack`. */
  goAway(): Promise<void>
  comeBack(): Promise<void>
  close(): Promise<void>
}

/** A site of the house, as far as MyANM can hear it: it takes security events. */
export async function hearingSite(): Promise<HearingSite> {
  const heard: Heard[] = []
  let manner = acknowledge
  const server = createServer((request, answer) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      if (request.method !== 'POST' || request.url !== '/evenements') {
        answer.writeHead(200).end()
        return
      }
      const token = Buffer.concat(chunks).toString()
      const one = {
        token,
        type: request.headers['content-type'],
        header: decodeProtectedHeader(token),
        claims: decodeJwt(token),
        at: performance.now(),
      }
      heard.push(one)
      manner(answer, one)
    })
  }).listen(0, 'localhost')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const close = async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  return {
    home: `http://localhost:${port}`,
    heard,
    behave: (given) => {
      manner = given
    },
    forget: () => {
      heard.length = 0
      manner = acknowledge
    },
    goAway: close,
    comeBack: async () => {
      server.listen(port, 'localhost')
      await once(server, 'listening')
    },
    close: async () => {
      if (server.listening) await close()
    },
  }
}
