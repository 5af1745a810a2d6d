import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { type Child, startChild } from '../start/child.ts'
import type { Complaint } from '../start/complaint.ts'
import { services } from '../start/services.ts'

const SERVICE = `
  import { createServer } from 'node:http'
  console.log('hello')
  createServer((request, response) => {
    if (request.url === '/end') process.exit(3)
    response.end()
  }).listen(Number(process.env.PORT), '127.0.0.1')
  process.stdin.on('end', () => process.exit(0)).resume()`

describe('a process of the scene', () => {
  let directory: string
  let child: Child | undefined
  const fates: string[] = []
  const port = 20_000 + (process.pid % 20_000)

  const start = async (program: string) => {
    const main = join(directory, 'main.mjs')
    await writeFile(main, program)
    child = await startChild({
      service: services[0],
      main,
      environment: { PORT: String(port) },
      logs: directory,
      onDeath: (fate) => fates.push(fate),
    })
    return child
  }
  const ready = (one: Child) => one.ready(new AbortController().signal)
  const answers = () =>
    fetch(`http://127.0.0.1:${port}`).then(
      () => true,
      () => false,
    )

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'myanm-child-'))
    fates.length = 0
  })

  afterEach(async () => {
    await child?.stop()
    await rm(directory, { recursive: true, force: true })
  })

  test('is ready when it answers, and gone when stopped', async () => {
    const one = await start(SERVICE)
    await ready(one)
    expect(await answers()).toBe(true)
    await one.stop()
    expect(await answers()).toBe(false)
    expect(fates).toEqual([])
  })

  test('is started again when it dies', async () => {
    await ready(await start(SERVICE))
    await fetch(`http://127.0.0.1:${port}/end`).catch(() => {})
    while (!(await answers())) await pause(20)
    expect(fates).toEqual(['restarts'])
  })

  test('that cannot start is told with the last lines of its log', async () => {
    const one = await start(`console.log('no such thing'); process.exit(1)`)
    const complaint: unknown = await ready(one).catch((error: unknown) => error)
    expect((complaint as Complaint).sentences).toEqual([
      expect.objectContaining({ key: 'child.not-started' }),
      { key: 'child.line', values: { line: 'no such thing' } },
    ])
    expect(fates).toEqual([])
  })

  test('begins a new log each time and keeps the former one', async () => {
    await ready(await start(SERVICE))
    await child?.stop()
    await ready(await start(SERVICE))
    expect(await readFile(join(directory, 'myanm.log.1'), 'utf8')).toBe('hello\n')
  })
})
