import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { readFile, rename, rm } from 'node:fs/promises'
import { get } from 'node:http'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Complaint } from './complaint.ts'
import type { Environment } from './environment.ts'
import type { Service } from './services.ts'

/** Longest a process is waited for when it was asked to stop, in milliseconds. */
const FAREWELL = 10_000
const READY_WITHIN = 60_000
const DEATHS_PER_MINUTE = 5

export type ChildOptions = {
  readonly service: Service
  readonly main: string
  readonly environment: Environment
  readonly logs: string
  /** A process that was ready has died; it is started again unless it dies too often. */
  readonly onDeath: (fate: 'restarts' | 'given-up') => void
}

export type Child = {
  /** Resolves once it serves. @throws Complaint when it ends or stays silent instead */
  readonly ready: (signal: AbortSignal) => Promise<void>
  readonly stop: () => Promise<void>
}

/** Runs one service as a process of its own and starts it again should it die. */
export async function startChild(options: ChildOptions): Promise<Child> {
  const { service, environment, onDeath } = options
  const log = join(options.logs, `${service.key}.log`)
  await rename(log, `${log}.1`).catch(() => rm(`${log}.1`, { force: true }))
  const deaths: number[] = []
  let stopping = false
  let wasReady = false
  let current = run()

  function run(): ChildProcess {
    const output = openSync(log, 'a', 0o600)
    const child = spawn(process.execPath, [options.main], {
      env: environment,
      // A session of its own: Ctrl-C in the terminal reaches us alone, and we stop everybody in order.
      detached: true,
      // The pipe says nothing: it closes when we die, however we die, and the child then stops.
      stdio: ['pipe', output, output],
    })
    closeSync(output)
    child.stdin?.on('error', () => {})
    child.once('exit', () => void recover())
    return child
  }

  async function recover(): Promise<void> {
    if (stopping || !wasReady) return
    const now = performance.now()
    deaths.push(now)
    const often = deaths.filter((then) => now - then < 60_000).length > DEATHS_PER_MINUTE
    onDeath(often ? 'given-up' : 'restarts')
    if (often) return
    await pause(200 * deaths.length)
    if (!stopping) current = run()
  }

  async function failure(key: string): Promise<Complaint> {
    const lines = (await readFile(log, 'utf8').catch(() => '')).trim().split('\n').slice(-12)
    const values = { name: service.name, log, seconds: READY_WITHIN / 1000 }
    const excerpt = lines.map((line) => ({ key: 'child.line', values: { line } }))
    return new Complaint(key, values, excerpt)
  }

  return {
    async ready(signal) {
      const end = performance.now() + READY_WITHIN
      while (!(await answers(environment['PORT'] ?? ''))) {
        signal.throwIfAborted()
        if (current.exitCode !== null || current.signalCode !== null)
          throw await failure('child.not-started')
        if (performance.now() > end) throw await failure('child.not-ready')
        await pause(25)
      }
      wasReady = true
    },
    async stop() {
      stopping = true
      const child = current
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      const forced = setTimeout(() => child.kill('SIGKILL'), FAREWELL)
      await gone
      clearTimeout(forced)
    },
  }
}

// Not `fetch`: loading it takes as long as all these questions.
function answers(port: string): Promise<boolean> {
  return new Promise((resolve) => {
    get(`http://127.0.0.1:${port}/sante/prete`, { agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    }).once('error', () => resolve(false))
  })
}
