import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a site does with a word from MyANM. */
export type Manner = (answer: ServerResponse, times: number) => void

export interface ListeningSite {
  readonly home: string
  /** Every logout token it was sent, whatever it answered. */
  readonly tokens: readonly { readonly token: string; readonly at: number }[]
  behave(manner: Manner): void
  forget(): void
  close(): Promise<void>
}

const polite: Manner = (answer) => answer.writeHead(200).end()

/** A site of the house, as far as MyANM can hear it: it takes logout tokens. */
export async function listeningSite(port = 0): Promise<ListeningSite> {
  const tokens: { token: string; at: number }[] = []
  let manner = polite
  const server = createServer((request, answer) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const fields = new URLSearchParams(Buffer.concat(chunks).toString())
      const token = fields.get('logout_token')
      if (request.method !== 'POST' || request.url !== '/deconnexion-centrale' || token === null) {
        answer.writeHead(404).end()
        return
      }
      tokens.push({ token, at: performance.now() })
      manner(answer, tokens.length)
    })
  }).listen(port, 'localhost')
  await once(server, 'listening')
  return {
    home: `http://localhost:${(server.address() as AddressInfo).port}`,
    tokens,
    behave: (given) => {
      manner = given
    },
    forget: () => {
      tokens.length = 0
      manner = polite
    },
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
