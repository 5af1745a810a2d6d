import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { query, type TestDatabase, withDatabase } from '@myanm/testing'
import { writeMany } from '../stage/many-old-accounts.ts'

// All old accounts at once (ahead 8): by the command itself, in a process of its own.

const MANY = 100_000
/** Of a hundred lines, ninety are persons of their own, and none is refused. */
const PERSONS = 90_000
/** Every other line names one, and of ten of them two the same. */
const ORGANISATIONS = 45_000

let database: TestDatabase
let directory: string
let file: string

beforeAll(async () => {
  database = await withDatabase()
  directory = await mkdtemp(join(tmpdir(), 'myanm-many-'))
  file = join(directory, 'anciens.csv')
  await writeMany(file, MANY)
})

afterAll(async () => {
  await rm(directory, { recursive: true, force: true })
  await database.drop()
})

interface Run {
  readonly seconds: number
  readonly said: string
  readonly mostMemory: number
}

const command = join(import.meta.dirname, '../../src/commands/import-legacy.ts')

function start(...more: string[]) {
  return spawn(process.execPath, ['--max-old-space-size=96', command, file, ...more], {
    env: {
      PATH: process.env['PATH'] ?? '',
      DATABASE_URL: database.urlFor('idp').href,
      PORT: '3000',
      PUBLIC_URL: 'http://localhost:3000',
      ...Object.fromEntries(
        ['COOKIE_KEY', 'KEY_ENCRYPTION_KEY', 'PAIRWISE_SALT'].map((name) => [name, 'x'.repeat(43)]),
      ),
      SMTP_URL: 'smtp://127.0.0.1:1',
      MAIL_FROM: 'MyANM <ne-pas-repondre@exemple.be>',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

async function run(...more: string[]): Promise<Run> {
  const began = performance.now()
  const child = start(...more)
  let [said, mostMemory] = ['', 0]
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text))
  const watch = setInterval(() => {
    readFile(`/proc/${child.pid}/status`, 'utf8').then(
      (status) => {
        const now = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024
        mostMemory = Math.max(mostMemory, now)
      },
      () => {},
    )
  }, 100)
  const [code] = await once(child, 'exit')
  clearInterval(watch)
  if (code !== 0) throw new Error(said)
  return { seconds: (performance.now() - began) / 1000, said, mostMemory }
}

const count = async (table: string): Promise<number> => {
  const [row] = await query<{ n: number }>(database, `select count(*)::int as n from ${table}`)
  return row?.n ?? 0
}

test('killed in the middle, run again, run once more: each account once, and then no change', async () => {
  const planned = await run()
  expect(await count('account')).toBe(0)

  const child = start('--apply')
  while ((await count('account')) < 10_000 && child.exitCode === null) {
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  child.kill('SIGKILL')
  await once(child, 'exit')
  const before = await count('account')
  expect(before).toBeLessThan(PERSONS)

  const applied = await run('--apply')
  expect(await count('account')).toBe(PERSONS)
  expect(await count('legacy_identity')).toBe(MANY)
  expect(await count('organisation')).toBe(ORGANISATIONS)
  const [led] = await query<{ n: number }>(
    database,
    "select count(*)::int as n from membership where role = 'GESTIONNAIRE' and state = 'active'",
  )
  expect(led?.n).toBe(ORGANISATIONS)

  const lines = await count('journal')
  const again = await run('--apply')
  expect(again.said).toContain('100 000 lignes sans changement'.replace(' ', '\u202f'))
  expect(await count('journal')).toBe(lines)
  expect(await count('account')).toBe(PERSONS)

  const figures = Object.entries({ planned, applied, again }).map(
    ([name, { seconds, mostMemory }]) =>
      `${name}: ${seconds.toFixed(1)} s, ${Math.round(MANY / seconds)} lines/s, ${Math.round(mostMemory)} MB`,
  )
  process.stdout.write(`${before} accounts before the kill\n${figures.join('\n')}\n`)
  for (const { seconds, mostMemory } of [planned, applied, again]) {
    expect(seconds).toBeLessThan(300)
    expect(mostMemory).toBeLessThan(256)
  }
}, 900_000)
