import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { Client } from 'pg'
import { type LocalPostgres, startLocalPostgres } from '../src/index.ts'
import { postmasterOf } from '../src/postmaster.ts'
import { commandLine } from '../src/processes.ts'

describe('a PostgreSQL of our own', () => {
  let directory: string
  const running: LocalPostgres[] = []

  const start = async () => {
    const server = await startLocalPostgres({ directory, durable: false })
    running.push(server)
    return server
  }

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'myanm-postgres-'))
  })

  afterEach(async () => {
    for (const server of running.splice(0)) await server.stop()
    await rm(directory, { recursive: true, force: true })
  })

  test('answers on the loopback interface, to who knows its password only', async () => {
    const { url } = await start()
    expect(await query(url, 'show server_encoding')).toBe('UTF8')
    expect(await query(url, 'show server_version_num')).toMatch(/^18/)
    expect(await query(url, `select upper('éàçœ')`)).toBe('ÉÀÇŒ')
    const guess = new URL(url)
    guess.password = 'postgres'
    await expect(query(guess.href, 'select 1')).rejects.toThrow(/password authentication failed/)
    expect(await modeOf('superuser-password')).toBe('600')
    expect(await modeOf('data')).toBe('700')
  })

  test('keeps the data and the password from one run to the next', async () => {
    const first = await start()
    await query(first.url, 'create table kept as select 42 as n')
    await first.stop()
    const second = await start()
    expect(await query(second.url, 'select n from kept')).toBe(42)
    expect(new URL(second.url).password).toBe(new URL(first.url).password)
  })

  test('comes back by itself on the same port when its postmaster is killed', async () => {
    const { url } = await start()
    await query(url, 'create table kept as select 42 as n')
    await killPostmaster()
    expect(await soon(() => query(url, 'select n from kept'))).toBe(42)
  })

  test('is refused to a second one on the same directory', async () => {
    await start()
    await expect(start()).rejects.toMatchObject({ code: 'directory-in-use' })
  })

  test('ends soon after its owner is killed, and the next start finds everything', async () => {
    const { owner, url } = await startElsewhere()
    await query(url, 'create table kept as select 42 as n')
    owner.kill('SIGKILL')
    await soon(async () => expect(await postmasterOf(data())).toBeUndefined())
    const { url: again } = await start()
    expect(await query(again, 'select n from kept')).toBe(42)
  })

  test('an orphan that outlived its owner is ended by the next start', async () => {
    const { owner, url } = await startElsewhere()
    await query(url, 'create table kept as select 42 as n')
    // Stopped first, or the watchdog would end the server: this is a machine where everything of ours was killed.
    process.kill(await watchdogOf(), 'SIGKILL')
    owner.kill('SIGKILL')
    await once(owner, 'exit')
    const orphan = await postmasterOf(data())
    expect(orphan).toBeDefined()
    const { url: again } = await start()
    expect(await query(again, 'select n from kept')).toBe(42)
    expect((await postmasterOf(data()))?.pid).not.toBe(orphan?.pid)
  })

  test('a lock left by a dead server whose number another program now carries is no obstacle', async () => {
    const first = await start()
    const file = join(directory, 'data', 'postmaster.pid')
    const lines = (await readFile(file, 'utf8')).split('\n')
    await first.stop()
    await writeFile(file, [process.pid, ...lines.slice(1)].join('\n'))
    const { url } = await start()
    expect(await query(url, 'select 1')).toBe(1)
  })

  const data = () => join(directory, 'data')

  const modeOf = async (name: string) =>
    ((await stat(join(directory, name))).mode & 0o777).toString(8)

  const killPostmaster = async () => {
    const server = await postmasterOf(data())
    if (server) process.kill(server.pid, 'SIGKILL')
  }

  const startElsewhere = async () => {
    const script = `
      import { startLocalPostgres } from ${JSON.stringify(new URL('../src/index.ts', import.meta.url).href)}
      const { url } = await startLocalPostgres({ directory: ${JSON.stringify(directory)}, durable: false })
      console.log(url)
      setInterval(() => {}, 1000)`
    const owner = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = await once(owner.stdout, 'data')
    return { owner, url: String(line).trim() }
  }

  const watchdogOf = async () => {
    const listed = process.platform === 'linux' ? await readdir('/proc') : psNumbers()
    for (const pid of listed.map(Number).filter((number) => number > 0)) {
      if ((await commandLine(pid)).includes(`myanm-postgres-watchdog ${data()}`)) return pid
    }
    throw new Error('no watchdog')
  }
})

async function query(url: string, sql: string): Promise<unknown> {
  const client = new Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    const { rows } = await client.query({ text: sql, rowMode: 'array' })
    return rows[0]?.[0]
  } finally {
    await client.end()
  }
}

const psNumbers = () => execFileSync('ps', ['-axo', 'pid='], { encoding: 'utf8' }).split('\n')

async function soon<T>(attempt: () => Promise<T>): Promise<T> {
  for (let left = 50; ; left -= 1) {
    try {
      return await attempt()
    } catch (error) {
      if (left === 0) throw error
      await pause(100)
    }
  }
}
