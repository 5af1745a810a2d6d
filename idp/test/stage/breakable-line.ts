import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** A line to the database that can be cut, or go silent, and come back. */
export interface BreakableLine {
  /** The database’s address, by this line. */
  readonly url: URL
  /** Every connection breaks; new ones are refused. */
  cut(): Promise<void>
  /** Nothing is heard any more, on what is open and what will be. Nobody is told. */
  silence(): void
  /** New connections pass again; those that went silent stay so for ever. */
  restore(): Promise<void>
  close(): Promise<void>
}

export async function breakableLine(database: URL): Promise<BreakableLine> {
  const open = new Set<Socket>()
  let isSilent = false
  let server: Server | undefined
  const url = new URL(database)

  const take = (near: Socket) => {
    const far = connect(Number(database.port), database.hostname)
    const silentFromTheStart = isSilent
    for (const [here, there] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(here)
      if (!silentFromTheStart) here.pipe(there)
      here.on('error', () => there.destroy())
      here.on('close', () => {
        open.delete(here)
        there.destroy()
      })
    }
  }

  const listen = async (port: number) => {
    server = createServer(take).listen(port, '127.0.0.1')
    await once(server, 'listening')
  }

  await listen(0)
  const address = server?.address()
  if (typeof address !== 'object' || !address) throw new Error('No line')
  url.hostname = '127.0.0.1'
  url.port = String(address.port)

  const cut = async () => {
    const closing = server
    server = undefined
    for (const socket of open) socket.destroy()
    if (!closing) return
    closing.close()
    await once(closing, 'close')
  }

  return {
    url,
    cut,
    silence: () => {
      isSilent = true
      for (const socket of open) {
        socket.unpipe()
        // What still arrives is swallowed.
        socket.resume()
      }
    },
    restore: async () => {
      isSilent = false
      if (!server) await listen(address.port)
    },
    close: cut,
  }
}
