import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { type SceneClient, seedScene } from '@myanm/idp'
import { freePort, organisations, people, type TestDatabase } from '@myanm/testing'

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const COMMANDS = new URL('../../src/commands/', import.meta.url)

export interface OwnProcess {
  readonly issuer: URL
  readonly environment: Readonly<Record<string, string>>
  /** Everything it wrote so far. */
  output(): string
  isRunning(): boolean
  /** Asks it to stop, as a supervisor does. @returns its exit code */
  stop(): Promise<number | null>
  /** Ends it as a crash does: nothing is finished, nobody is told. */
  kill(): Promise<void>
}

const secret = () => randomBytes(32).toString('base64url')

/** MyANM as it runs in real life: a process of its own, told everything by its environment. */
export async function startOwnProcess(options: {
  readonly database: TestDatabase
  readonly clients: readonly SceneClient[]
  readonly environment?: Readonly<Record<string, string>>
}): Promise<OwnProcess> {
  const { database, clients } = options
  // Started again after a crash, it is where it was, with the people it had.
  const before = options.environment?.['PORT']
  if (before === undefined) {
    await seedScene({ databaseUrl: database.urlFor('idp'), organisations, people, clients })
  }
  const port = Number(before ?? (await freePort()))
  const issuer = new URL(`http://localhost:${port}`)
  const environment = {
    PATH: process.env['PATH'] ?? '',
    PORT: String(port),
    HOST: 'localhost',
    PUBLIC_URL: issuer.origin,
    DATABASE_URL: database.urlFor('idp').href,
    COOKIE_KEY: secret(),
    KEY_ENCRYPTION_KEY: secret(),
    PAIRWISE_SALT: secret(),
    SMTP_URL: 'smtp://127.0.0.1:1',
    MAIL_FROM: 'MyANM <ne-pas-repondre@exemple.be>',
    ...options.environment,
  }
  const { child, output } = run(MAIN, environment)
  const deadline = performance.now() + 30_000
  while (!(await isReady(issuer))) {
    if (child.exitCode !== null || performance.now() > deadline) throw new Error(output())
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  return {
    issuer,
    environment,
    output,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      await gone
      return child.exitCode
    },
    kill: async () => {
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    },
  }
}

/** Runs MyANM’s main program, or one of its commands, until it ends by itself. */
export async function runToEnd(
  name: 'main' | 'rotate-keys',
  environment: Readonly<Record<string, string>>,
): Promise<{ code: number | null; output: string }> {
  const path = name === 'main' ? MAIN : fileURLToPath(new URL(`${name}.ts`, COMMANDS))
  const { child, output } = run(path, environment)
  await once(child, 'close')
  return { code: child.exitCode, output: output() }
}

function run(path: string, environment: Readonly<Record<string, string>>) {
  const child: ChildProcess = spawn(process.execPath, [path], {
    env: { ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const chunks: Buffer[] = []
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk))
  return { child, output: () => Buffer.concat(chunks).toString() }
}

async function isReady(issuer: URL): Promise<boolean> {
  try {
    return (await fetch(new URL('/sante/prete', issuer))).status === 200
  } catch {
    // Nobody listens yet.
    return false
  }
}
