import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { Complaint } from './complaint.ts'
import { type ServiceKey, services } from './services.ts'

export type Ports = Readonly<Record<ServiceKey | 'smtp', number>>
type Environment = Readonly<Record<string, string | undefined>>

const wanted = [
  ...services.map(({ key, name, variable, port }) => ({ key, name, variable, port })),
  { key: 'smtp', name: 'Boîte aux lettres (SMTP)', variable: 'MAILBOX_SMTP_PORT', port: 3025 },
] as const

/**
 * The ports of the scene, as the environment wants them.
 *
 * @throws Complaint with one sentence for each that is no port number or given twice
 */
export function readPorts(environment: Environment): Ports {
  const faults: Complaint[] = []
  const chosen = new Map<number, string>()
  const ports = wanted.map(({ key, name, variable, port }) => {
    const given = environment[variable]?.trim()
    const number = given === undefined || given === '' ? port : Number(given)
    const other = chosen.get(number)
    if (!Number.isInteger(number) || number < 1 || number > 65_535) {
      faults.push(new Complaint('port.not-a-port', { variable, given: given ?? '' }))
    } else if (other !== undefined) {
      faults.push(new Complaint('port.twice', { port: number, name, other, variable }))
    }
    chosen.set(number, name)
    return [key, number] as const
  })
  Complaint.throwAll(faults)
  return Object.fromEntries(ports) as Ports
}

/** How long processes of a run that was killed may take to let go of their ports, in milliseconds. */
const PATIENCE = 2_000

/** @throws Complaint with one sentence for each port another program listens on */
export async function requireFree(ports: Ports): Promise<void> {
  const end = performance.now() + PATIENCE
  let taken = await takenOf(ports)
  while (taken.length > 0 && performance.now() < end) {
    await pause(100)
    taken = await takenOf(ports)
  }
  Complaint.throwAll(taken)
}

async function takenOf(ports: Ports): Promise<readonly Complaint[]> {
  const found = await Promise.all(
    wanted.map(async ({ key, name, variable }) => {
      const port = ports[key]
      const free = await isFree(port)
      const example = `${variable}=${port + 100}`
      return free ? undefined : new Complaint('port.taken', { port, name, example })
    }),
  )
  return found.filter((complaint) => complaint !== undefined)
}

// Both loopbacks: a browser that asks for `localhost` may try ::1 first, and find somebody else there.
async function isFree(port: number): Promise<boolean> {
  for (const host of ['127.0.0.1', '::1']) {
    const server = createServer()
    try {
      await once(server.listen(port, host), 'listening')
    } catch (error) {
      // A machine without IPv6 has no ::1 to be taken.
      if ((error as NodeJS.ErrnoException).code !== 'EADDRNOTAVAIL') return false
      continue
    }
    server.close()
    await once(server, 'close')
  }
  return true
}
