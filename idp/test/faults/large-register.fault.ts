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
import { lookUp, searchByName } from '#register'
import type { Tables } from '../../src/tables.ts'
import {
  commandEnvironment,
  filesOf,
  IMPORT,
  metaOf,
  numberOf,
  withDots,
  zipOf,
} from '../stage/register.ts'

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

/** What names are made of: each word is in one of sixteen, « La bonne » in one of ten. */
const WORDS = [
  ...['maison', 'centre', 'service', 'amis', 'atelier', 'cercle', 'comité', 'école', 'foyer'],
  ...['jeunes', 'musique', 'réseau', 'santé', 'sport', 'théâtre', 'union'],
]
const nameOf = (n: number): string =>
  `${n % 10 === 1 ? 'La bonne ' : ''}${WORDS[n % WORDS.length]} ${(n * 7919).toString(36)}`
const unitOf = (n: number): string => numberOf(20_000_000 + n * 3)

/** Names, places and units of 300,000 enterprises: 2.4 million lines, a third of them persons. */
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
        `"${number}","1","001","${nameOf(n)}, ""la vraie"""\n"${number}","2","001","Huis ${n}"\n` +
        `"${withDots(unitOf(n))}","1","003","Porte ${n}"\n`,
    ),
    'address.csv': many(
      'address.csv',
      (number, n) =>
        `"${number}","REGO","","","${1000 + (n % 8999)}","Stad","Ville","Straat","Rue","${n % 300}","","",""\n` +
        `"${withDots(unitOf(n))}","BAET","","","1000","Stad","Ville","Straat","Rue","1","","",""\n`,
    ),
    'establishment.csv': many(
      'establishment.csv',
      (number, n) => `"${withDots(unitOf(n))}","01-01-2020","${number}"\n`,
    ),
  })
}

/** Its heap is held to 128 MB: what it kept of the file would end it. */
function start() {
  const child = spawn(process.execPath, ['--max-old-space-size=128', IMPORT, zip], {
    env: commandEnvironment(database),
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
    name: `${nameOf(1)}, "la vraie"`,
    seat: { street: 'Rue 1', postcode: '1001', locality: 'Ville' },
  })
  expect(
    await query(database, 'select count(*)::int as n from register_unit where ended_on is null'),
  ).toEqual([{ n: (ENTERPRISES / 3) * 2 }])
  const [row] = await query(
    database,
    `select count(*)::int as named from register_enterprise where type = 'natural' and names <> '{}'`,
  )
  expect(row).toEqual({ named: 0 })

  // Names are looked for as people type them (ahead 3): the widest word, several, a few letters, nothing.
  const searches: number[] = []
  const typed = [
    'maison',
    'La bonne',
    'bonne mais',
    'theatre',
    'huis 12',
    'cerc',
    'x1y2',
    'union 1z',
  ]
  for (let turn = 0; turn < 25; turn += 1) {
    for (const words of typed) {
      const asked = performance.now()
      await searchByName(db, { typed: words, most: 20 })
      searches.push(performance.now() - asked)
    }
  }
  searches.sort((a, b) => a - b)
  const name = (share: number) => searches[Math.floor(searches.length * share)] ?? 0
  process.stdout.write(
    `register: names found p50 ${name(0.5).toFixed(1)} ms, p95 ${name(0.95).toFixed(1)} ms\n`,
  )
  // 50 ms on a machine that does nothing else; what is refused here is a search that reads them all.
  expect(name(0.95)).toBeLessThan(500)
  await close()
}, 1_200_000)
