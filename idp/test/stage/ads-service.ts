import { createServer, type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'

/*
 * A service of another house, as its developers would write it from the documentation alone: Node's own
 * HTTP, and nothing of ours. It keeps ads for organisations. For each call it asks MyANM whether the
 * token holds and what its person may do at this moment (RFC 7662), and remembers nothing.
 */

interface Told {
  readonly active: boolean
  readonly scope?: string
  readonly org?: { readonly id: string; readonly role: string }
}

/** Who may do what here, from the ladder of roles: the reader reads, the others write too. */
const READERS = ['LECTEUR', 'COLLABORATEUR', 'RESPONSABLE', 'GESTIONNAIRE']
const WRITERS = READERS.slice(1)

export interface AdsService {
  readonly origin: URL
  readonly ads: readonly { readonly organisation: string; readonly title: string }[]
  /** What MyANM answered the service itself, the latest last. */
  readonly answers: readonly number[]
  readonly close: () => Promise<void>
}

export async function adsService(of: {
  readonly introspection: URL
  readonly client: string
  readonly secret: string
}): Promise<AdsService> {
  const ads: { organisation: string; title: string }[] = []
  const answers: number[] = []

  /** Asks about a token; null when MyANM does not know this service, or does not answer. */
  async function ask(token: string): Promise<Told | null> {
    const { status, body } = await post(of.introspection, {
      authorization: `Basic ${btoa(`${of.client}:${of.secret}`)}`,
      form: new URLSearchParams({ token }).toString(),
    })
    answers.push(status)
    return status === 200 ? (JSON.parse(body) as Told) : null
  }

  async function answer(incoming: IncomingMessage): Promise<{ status: number; body?: unknown }> {
    const token = /^Bearer (\S+)$/.exec(incoming.headers.authorization ?? '')?.[1]
    if (token === undefined) return { status: 401 }
    const told = await ask(token)
    // Fails closed: without an answer nobody has a right.
    if (told === null) return { status: 503 }
    if (!told.active) return { status: 401 }
    const organisation = told.org
    if (!organisation) return { status: 403 }
    if (incoming.method === 'GET') {
      if (!READERS.includes(organisation.role)) return { status: 403 }
      return { status: 200, body: ads.filter((ad) => ad.organisation === organisation.id) }
    }
    if (!WRITERS.includes(organisation.role)) return { status: 403 }
    const title = new URLSearchParams(await text(incoming)).get('title') ?? ''
    ads.push({ organisation: organisation.id, title })
    return { status: 201 }
  }

  const server = createServer((incoming, outgoing) => {
    answer(incoming).then(
      ({ status, body = null }) => outgoing.writeHead(status).end(JSON.stringify(body)),
      () => outgoing.writeHead(503).end(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  return {
    origin: new URL(`http://127.0.0.1:${port}`),
    ads,
    answers,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function post(
  url: URL,
  given: { readonly authorization: string; readonly form: string },
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      {
        method: 'POST',
        headers: {
          authorization: given.authorization,
          'content-type': 'application/x-www-form-urlencoded',
          'content-length': Buffer.byteLength(given.form),
        },
      },
      (incoming) =>
        void text(incoming).then(
          (body) => resolve({ status: incoming.statusCode ?? 0, body }),
          reject,
        ),
    )
    outgoing.on('error', reject)
    outgoing.end(given.form)
  })
}
