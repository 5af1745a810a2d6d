import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'

/** Longest start that is waited for, in milliseconds. */
const PATIENCE = 30_000

export interface Child extends AsyncDisposable {
  readonly pid: number
  /** From the birth of the process to its first good answer, in milliseconds. */
  readonly startedIn: number
  /** The exit code or signal it ended with; null while it runs. */
  fate(): string | null
  stop(): Promise<void>
}

/**
 * Runs one of our programs with nothing of our environment but what it is given, and waits until it
 * answers. Its output goes to a file, as `start` does it.
 * @throws Error with the end of its output when it does not come up
 */
export async function startChild(of: {
  readonly program: string
  readonly nodeOptions?: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly output: string
  /** Answers 200 once it is ready. */
  readonly readyAt: string
}): Promise<Child> {
  const file = openSync(of.output, 'a', 0o600)
  const options: SpawnOptions = {
    env: { PATH: process.env['PATH'] ?? '', ...of.environment },
    // The pipe says nothing: it closes when we die, however we die, and the child then stops.
    stdio: ['pipe', file, file],
  }
  const began = performance.now()
  const child = spawn(process.execPath, [...(of.nodeOptions ?? []), of.program], options)
  closeSync(file)
  child.stdin?.on('error', () => {})
  const stop = () => end(child)
  while (!(await answers(of.readyAt))) {
    if (child.exitCode !== null || performance.now() - began > PATIENCE) {
      await stop()
      throw new Error(
        `${of.program} did not start:\n${(await readFile(of.output, 'utf8')).slice(-2000)}`,
      )
    }
    await pause(5)
  }
  const startedIn = performance.now() - began
  const fate = () => child.signalCode ?? (child.exitCode === null ? null : String(child.exitCode))
  return { pid: child.pid ?? 0, startedIn, fate, stop, [Symbol.asyncDispose]: stop }
}

async function answers(address: string): Promise<boolean> {
  try {
    return (await fetch(address)).status === 200
  } catch {
    // Nobody listens yet.
    return false
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  const forced = setTimeout(() => child.kill('SIGKILL'), 10_000)
  await gone
  clearTimeout(forced)
}
