import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** Connections to one port, dealt out in turn to several processes. */
export async function spread(
  port: number,
  processes: readonly number[],
): Promise<{ close(): Promise<void> }> {
  const open = new Set<Socket>()
  let turn = 0
  const server = createServer((visitor) => {
    const process = connect(processes[turn % processes.length] ?? port, '127.0.0.1')
    turn += 1
    for (const [here, there] of [
      [visitor, process],
      [process, visitor],
    ] as const) {
      open.add(here)
      here.pipe(there)
      here.on('error', () => there.destroy())
      here.on('close', () => {
        open.delete(here)
        there.destroy()
      })
    }
  }).listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    close: async () => {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
