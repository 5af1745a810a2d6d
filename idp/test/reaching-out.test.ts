import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { postForm } from '../src/oidc/outbound.ts'

let server: Server
let port: number
let connections: number
let answer: RequestListener

beforeEach(async () => {
  connections = 0
  answer = (_request, response) => void response.end('heard')
  server = createServer((request, response) => answer(request, response)).listen(0, '127.0.0.1')
  server.on('connection', () => {
    connections += 1
  })
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port
})

afterEach(async () => {
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
})

const here = () => new URL(`http://127.0.0.1:${port}/deconnexion-centrale`)
const local = { local: true }
const world = { local: false }

describe('telling a site something', () => {
  test('gives back what it answered, whatever that is', async () => {
    for (const status of [200, 204, 400, 404, 500, 503]) {
      answer = (_request, response) => void response.writeHead(status).end()
      expect(await postForm(here(), { logout_token: 'x' }, local)).toBe(status)
    }
  })

  test('follows no redirect: the site is where it registered', async () => {
    answer = (_request, response) =>
      void response.writeHead(307, { location: 'http://169.254.169.254/latest/' }).end()
    expect(await postForm(here(), {}, local)).toBe(307)
    expect(connections).toBe(1)
  })

  test('waits for no one longer than five seconds, answer begun or not', async () => {
    let asked = 0
    answer = (_request, response) => {
      asked += 1
      // The first never answers; the second never ends.
      if (asked > 1) response.writeHead(200).write('x'.repeat(1000))
    }
    const started = performance.now()
    const [silent, endless] = await Promise.allSettled([
      postForm(here(), {}, local),
      postForm(here(), {}, local),
    ])
    const outcomes = [silent.status, endless.status].sort()
    expect(outcomes).toEqual(['fulfilled', 'rejected'])
    expect(performance.now() - started).toBeLessThan(7000)
    // What never ends is cut off as well, and nothing breaks when it is.
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(
      await new Promise((resolve) => server.getConnections((_, count) => resolve(count))),
    ).toBe(0)
  })
})

describe('what a client registered as its address leads to nothing inside (SSRF)', () => {
  test.each([
    'http://site.exemple.be/',
    'https://127.0.0.1/',
    'https://127.1/',
    'https://2130706433/',
    'https://0x7f000001/',
    'https://0177.0.0.1/',
    'https://10.0.0.1/',
    'https://169.254.169.254/latest/meta-data/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[fd00::1]/',
    'https://localhost/',
    'https://localhost./',
    'https://user:secret@localhost/',
    'ftp://localhost/',
    'file:///etc/passwd',
  ])('%s is refused before anybody is called', async (address) => {
    const url = new URL(address)
    if (/localhost|127|7f|0177|2130706433|::1/.test(url.hostname)) url.port = String(port)
    await expect(postForm(url, { logout_token: 'secret' }, world)).rejects.toThrow()
    expect(connections).toBe(0)
  })
})
