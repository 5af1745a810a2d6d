import { readFile, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { commandLine, eventually } from './processes.ts'

/** The running server of a data directory, as its postmaster.pid tells. */
export type Postmaster = { readonly pid: number; readonly port: number; readonly ready: boolean }

const lockFile = (data: string) => join(data, 'postmaster.pid')

/** The server that runs on these data, or undefined. A file left by a dead server, or whose number now belongs to another program, does not count. */
export async function postmasterOf(data: string): Promise<Postmaster | undefined> {
  const lines = (await readFile(lockFile(data), 'utf8').catch(() => '')).split('\n')
  const pid = Number(lines[0])
  if (!(pid > 0) || !(await servesData(pid, data))) return undefined
  return { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' }
}

async function servesData(pid: number, data: string): Promise<boolean> {
  const command = await commandLine(pid)
  return basename(command.split(' ')[0] ?? '') === 'postgres' && command.includes(data)
}

/** Ends the server of these data if one runs: politely, then at once, then by force. Clients are cut off; committed work stays. */
export async function endPostmaster(data: string): Promise<void> {
  const running = await postmasterOf(data)
  if (!running) return
  const gone = async () => !(await servesData(running.pid, data))
  for (const [signal, patience] of [
    ['SIGINT', 10_000],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 5_000],
  ] as const) {
    signalTo(running.pid, signal)
    if (await eventually(gone, patience)) return
  }
}

/**
 * PostgreSQL takes a postmaster.pid for valid when any process carries that number, as happens after a restart
 * of the machine or container. It still finds a truly living server by its shared memory, so removing is safe.
 */
export async function forgetDeadPostmaster(data: string): Promise<void> {
  if (!(await postmasterOf(data))) await rm(lockFile(data), { force: true })
}

function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // Gone between the look and the signal: what we wanted.
  }
}
