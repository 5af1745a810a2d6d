import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { connect } from '@myanm/database'
import { REGISTER_EXTRACT, seedRegister } from '@myanm/idp'
import { query, type TestDatabase, withDatabase } from '@myanm/testing'
import { lookUp } from '#register'
import type { Tables } from '../../src/tables.ts'
import { filesOf, metaOf, numberOf, withDots, zipOf } from '../stage/register.ts'

// A register as large as the real one is in part (specification 4.5), by the command itself, in a
// process of its own, while people look numbers up.

const ENTERPRISES = 300_000

let database: TestDatabase
let directory: string
let zip: string

beforeAll(async () => {
  database = await withDatabase()
  await seedRegister({ databaseUrl: database.urlFor('idp') })
  directory = await mkdtemp(join(tmpdir(), 'myanm-register-'))
  zip = await largeZip(join(directory, 'full.zip'))
}, 240_000)

afterAll(async () => {
  await rm(directory, { recursive: true, force: true })
  await database.drop()
})

/** Names, seats and other addresses of 300,000 enterprises: 1.5 million lines, a third of them persons. */
async function largeZip(path: string): Promise<string> {
  const made = await filesOf(REGISTER_EXTRACT)
  const many = (file: string, lines: (number: string, n: number) => string) =>
    function* () {
      yield `${made[file]?.split('\n')[0]}\n`
      for (let n = 0; n < ENTERPRISES; n += 1) {
        yield lines(withDots(numberOf(4_000_000 + n * 7)), n)
      }
    }
  return zipOf(path, {
    'meta.csv': metaOf('full', 2),
    'code.csv': made['code.csv'] ?? '',
    'enterprise.csv': many(
      'enterprise.csv',
      (number, n) => `"${number}","AC","000","${n % 3 === 0 ? 1 : 2}","017","","01-01-2020"\n`,
    ),
    'denomination.csv': many(
      'denomination.csv',
      (number, n) =>
        `"${number}","1","001","Maison ${n}, ""la bonne"""\n"${number}","2","001","Huis ${n}"\n`,
    ),
    'address.csv': many(
      'address.csv',
      (number, n) =>
        `"${number}","REGO","","","${1000 + (n % 8999)}","Stad","Ville","Straat","Rue","${n % 300}","","",""\n` +
        `"${number}","BAET","","","1000","Stad","Ville","Straat","Rue","1","","",""\n`,
    ),
  })
}

const command = join(import.meta.dirname, '../../src/commands/import-kbo.ts')

/** Its heap is held to 128 MB: what it kept of the file would end it. */
function start() {
  const child = spawn(process.execPath, ['--max-old-space-size=128', command, zip], {
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
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text))
  return { child, said: () => said }
}

const memoryOf = async (pid: number | undefined): Promise<number> => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024
}

const active = async (): Promise<number> => {
  const [row] = await query<{ n: number }>(
    database,
    'select count(*)::int as n from register_enterprise where ceased_on is null',
  )
  return row?.n ?? 0
}

test('killed at any moment, the register is as it was', async () => {
  const before = await active()
  for (const after of [1500, 4000]) {
    const { child } = start()
    await pause(after)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(await active()).toBe(before)
  }
}, 120_000)

test('300,000 enterprises, in bounded memory, while people look numbers up', async () => {
  const { db, close } = connect<Tables>({ url: database.urlFor('idp'), name: 'look-up' })
  const looks: number[] = []
  let most = 0
  const { child, said } = start()
  const began = performance.now()
  const exit = once(child, 'exit')
  let isOver = false
  const looking = (async () => {
    while (!isOver) {
      const asked = performance.now()
      await lookUp(db, '0566988259')
      looks.push(performance.now() - asked)
      most = Math.max(most, await memoryOf(child.pid))
      await pause(25)
    }
  })()
  const [code] = await exit
  const seconds = (performance.now() - began) / 1000
  isOver = true
  await looking
  expect([code, said()]).toEqual([0, expect.stringContaining('entreprises nouvelles')])

  looks.sort((a, b) => a - b)
  const at = (share: number) => (looks[Math.floor(looks.length * share)] ?? 0).toFixed(1)
  const { size } = await stat(zip)
  process.stdout.write(
    `register: ${(size / 1e6).toFixed(0)} MB, ${seconds.toFixed(0)} s, at most ${most.toFixed(0)} MB of memory; look-ups meanwhile p50 ${at(0.5)} ms, p99 ${at(0.99)} ms\n`,
  )
  expect(most).toBeLessThan(320)
  expect(await active()).toBe(ENTERPRISES)
  expect(await lookUp(db, numberOf(4_000_007))).toMatchObject({
    name: 'Maison 1, "la bonne"',
    seat: { street: 'Rue 1', postcode: '1001', locality: 'Ville' },
  })
  const [row] = await query(
    database,
    `select count(*)::int as named from register_enterprise where type = 'natural' and names <> '{}'`,
  )
  expect(row).toEqual({ named: 0 })
  await close()
}, 600_000)
