import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** What PostgreSQL was asked to do, in order, as it went over the wire. */
export interface Overheard extends AsyncDisposable {
  /** Connect here instead: everything is passed on as it is. */
  readonly url: URL
  /** The statements executed since the last call: their text, white space folded. */
  take(): readonly string[]
  stop(): Promise<void>
}

/**
 * Listens between a service and its database and counts what is executed there (yardsticks P9): not
 * what a library meant to send, but what PostgreSQL heard. Without TLS only.
 */
export async function overhearStatements(databaseUrl: URL): Promise<Overheard> {
  let heard: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((service) => {
    const database = connect(Number(databaseUrl.port || 5432), databaseUrl.hostname)
    const listen = newListener((text) => heard.push(text))
    service.on('data', listen)
    service.pipe(database).pipe(service)
    for (const socket of [service, database]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        service.destroy()
        database.destroy()
      })
    }
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = new URL(databaseUrl)
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`

  const stop = async () => {
    for (const socket of sockets) socket.destroy()
    server.close()
    await once(server, 'close')
  }
  return {
    url,
    take: () => {
      const taken = heard
      heard = []
      return taken
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

/**
 * Reads one connection's messages to the server (PostgreSQL documentation, 54.7 « Message Formats »):
 * a length and no type for the first, then a letter and a length. Parse names a text, Bind names what a
 * portal will run, Execute runs it; Query runs its text at once.
 */
function newListener(hear: (text: string) => void): (chunk: Buffer) => void {
  const texts = new Map<string, string>()
  let bound = ''
  let begun = false
  let rest: Buffer = Buffer.alloc(0)

  const read = (type: string, body: Buffer) => {
    if (type === 'Q') hear(fold(stringsOf(body)[0] ?? ''))
    if (type === 'E') hear(fold(texts.get(bound) ?? ''))
    if (type === 'P') {
      const [name = '', text = ''] = stringsOf(body)
      texts.set(name, text)
    }
    if (type === 'B') bound = stringsOf(body)[1] ?? ''
  }

  return (chunk) => {
    rest = Buffer.concat([rest, chunk])
    for (;;) {
      const head = begun ? 1 : 0
      if (rest.length < head + 4) return
      const end = head + rest.readInt32BE(head)
      if (rest.length < end) return
      if (begun) read(String.fromCharCode(rest[0] ?? 0), rest.subarray(5, end))
      begun = true
      rest = rest.subarray(end)
    }
  }
}

/** The first two zero-terminated strings of a message. */
function stringsOf(body: Buffer): string[] {
  const first = body.indexOf(0)
  const second = body.indexOf(0, first + 1)
  return [body.toString('utf8', 0, first), body.toString('utf8', first + 1, second)]
}

const fold = (text: string): string => text.replaceAll(/\s+/g, ' ').trim()
