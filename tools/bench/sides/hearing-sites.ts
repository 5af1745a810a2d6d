import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { SceneClient } from '@myanm/idp'
import type { Site } from './side.ts'

/** A site of the house, as far as MyANM can hear it: it notes what it is told, and acknowledges it. */
export interface HearingSite {
  readonly site: Site
  readonly client: SceneClient
  /** Identifier of each event it was told of → when, by a clock that never jumps. */
  readonly heard: ReadonlyMap<string, number>
  close(): Promise<void>
}

export async function hearingSite(id: string, scope: string): Promise<HearingSite> {
  const heard = new Map<string, number>()
  const server = createServer((request, answer) => {
    let body = ''
    request.on('data', (part: Buffer) => {
      body += part.toString()
    })
    request.on('end', () => {
      const isEvent = request.url === '/evenements'
      if (isEvent) heard.set(identifierOf(body), performance.now())
      answer.writeHead(isEvent ? 202 : 200).end()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const home = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const redirectUri = `${home}/retour`
  const secret = randomBytes(32).toString('base64url')
  return {
    site: { id, secret, authentication: 'basic', redirectUri, scope },
    client: {
      id,
      secret,
      name: id,
      kind: 'site',
      home,
      redirectUris: [redirectUri],
      introspects: [],
    },
    heard,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function identifierOf(token: string): string {
  const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()
  return String((JSON.parse(payload) as { jti?: unknown }).jti)
}
