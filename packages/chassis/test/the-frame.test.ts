import { once } from 'node:events'
import { type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { pino } from 'pino'
import { z } from 'zod'
import {
  clientAddress,
  createFrame,
  csrfToken,
  frameProblem,
  ownForms,
  type Running,
  readForm,
  Secret,
  serve,
} from '../src/index.ts'

const PUBLIC = new URL('http://localhost:4999')
const FORM = 'application/x-www-form-urlencoded'
const lines: string[] = []

let running: Running
let behindTwo: Running

beforeAll(async () => {
  running = await serve(app(0), { port: 0, host: '127.0.0.1' })
  behindTwo = await serve(app(2), { port: 0, host: '127.0.0.1' })
})

afterAll(async () => {
  await running.stop()
  await behindTwo.stop()
})

/** A process of ours with nothing in it but what the frame gives. */
function app(trustedProxies: number) {
  const { app } = createFrame({
    site: { key: 'myanm', name: 'Un site', url: PUBLIC },
    log: pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) }),
    sources: [],
    formKey: new Secret('f'.repeat(40)),
    trustedProxies,
    ready: () => Promise.reject(new Error('not yet')),
    carriesOwnProof: (path) => path === '/service',
  })
  app.use(async (ctx) => {
    switch (ctx.path) {
      case '/address':
        ctx.body = { address: clientAddress(ctx), secure: ctx.secure, host: ctx.host }
        break
      case '/form':
        if (ctx.method === 'GET') ctx.body = csrfToken(ctx)
        else ctx.body = await readForm(ctx, z.object({ name: z.string('missing').max(5, 'long') }))
        break
      case '/own': {
        const isTheirs = ownForms(ctx, String(ctx.query['as']))
        ctx.body = ctx.method === 'GET' ? csrfToken(ctx) : { isTheirs }
        break
      }
      case '/service':
        ctx.body = 'served'
        break
      case '/bug':
        throw new TypeError('a secret detail')
      case '/refused':
        throw frameProblem('too-many-requests', { headers: { 'retry-after': '9' } })
      default:
    }
  })
  return app
}

interface Asked {
  readonly method?: string
  readonly headers?: OutgoingHttpHeaders
  readonly body?: string
}

/** One request as it is given: no library mends its headers. */
async function ask(path: string, asked: Asked = {}, to = running) {
  const { method = 'GET', headers, body } = asked
  const sent = request({
    port: to.port,
    path,
    method,
    headers: { host: PUBLIC.host, ...headers },
  })
  sent.end(body)
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  return {
    status: answer.statusCode ?? 0,
    headers: answer.headers,
    text: Buffer.concat(await answer.toArray()).toString(),
  }
}

describe('where a request comes from', () => {
  const from = async (header: string | undefined, to: Running) => {
    const headers = header === undefined ? {} : { 'x-forwarded-for': header }
    const { text } = await ask('/address', { headers }, to)
    return (JSON.parse(text) as { address: string }).address
  }

  test('is the connection, when no proxy of ours stands in front', async () => {
    for (const header of [undefined, '203.0.113.9', '1.1.1.1, 2.2.2.2', '127.0.0.1']) {
      expect(await from(header, running)).toBe('127.0.0.1')
    }
  })

  test.each([
    ['203.0.113.9, 10.0.0.2', '203.0.113.9'],
    ['6.6.6.6, 203.0.113.9, 10.0.0.2', '203.0.113.9'],
    ['6.6.6.6,203.0.113.9,10.0.0.2', '203.0.113.9'],
    ['2001:db8::7, 10.0.0.2', '2001:db8::7'],
    // Too few entries, or garbage where ours should be: the connection itself, and no limit is skipped.
    ['203.0.113.9', '127.0.0.1'],
    ['unknown, 10.0.0.2', '127.0.0.1'],
    ['203.0.113.9:4711, 10.0.0.2', '127.0.0.1'],
    [', ,', '127.0.0.1'],
    ['', '127.0.0.1'],
    ["' or 1=1 --, 10.0.0.2", '127.0.0.1'],
  ])('with two proxies of ours, %j is %s', async (header, address) => {
    expect(await from(header, behindTwo)).toBe(address)
  })
})

describe('our own address', () => {
  test('is not what a header says', async () => {
    for (const headers of [
      { 'x-forwarded-host': 'evil.example' },
      { 'x-forwarded-proto': 'https' },
      { forwarded: 'host=evil.example;proto=https' },
    ]) {
      for (const to of [running, behindTwo]) {
        const { text } = await ask('/address', { headers }, to)
        expect(JSON.parse(text)).toMatchObject({ secure: false, host: PUBLIC.host })
      }
    }
    expect((await ask('/address', { headers: { host: 'evil.example' } })).status).toBe(421)
  })
})

describe('a form', () => {
  async function shown() {
    const { headers, text } = await ask('/form')
    const cookie = (headers['set-cookie'] ?? []).map((one) => one.split(';')[0])
    return { cookie: cookie.join('; '), jeton: text }
  }
  const post = (body: string, headers: Record<string, string>) =>
    ask('/form', { method: 'POST', body, headers: { 'content-type': FORM, ...headers } })

  test('with its token and its cookie is read, and its mistakes are told', async () => {
    const { cookie, jeton } = await shown()
    const sound = await post(`jeton=${jeton}&name=Anne&role=GESTIONNAIRE`, { cookie })
    expect(JSON.parse(sound.text)).toEqual({
      ok: true,
      values: { name: 'Anne' },
      typed: { name: 'Anne' },
    })
    const long = await post(`jeton=${jeton}&name=Anne-Marie`, { cookie })
    expect(JSON.parse(long.text)).toMatchObject({ ok: false, errors: { name: 'long' } })
    const none = await post(`jeton=${jeton}`, { cookie })
    expect(JSON.parse(none.text)).toMatchObject({ ok: false, errors: { name: 'missing' } })
    expect((await post(`jeton=${jeton}&name=a&name=b`, { cookie })).status).toBe(400)
    expect((await post(`jeton=${jeton}&name=%00`, { cookie })).status).toBe(400)
  })

  test('of anybody else is refused, with a way back to a page of ours', async () => {
    const mine = await shown()
    const theirs = await shown()
    const refused = [
      await post('name=Anne', { cookie: mine.cookie }),
      await post(`jeton=${theirs.jeton}&name=Anne`, { cookie: mine.cookie }),
      await post(`jeton=${mine.jeton}&name=Anne`, { cookie: '' }),
      await post(`jeton=${mine.jeton}&name=Anne`, {
        cookie: mine.cookie,
        origin: 'http://evil.example',
        referer: `${PUBLIC.origin}//evil.example/`,
      }),
    ]
    for (const { status, text } of refused) {
      expect(status).toBe(403)
      expect(text).toContain('Ce formulaire a expiré. Rechargez la page et réessayez.')
      expect(text).not.toContain('evil')
    }
  })

  test('that was shown to somebody is theirs, whoever else uses the browser since', async () => {
    const { cookie, jeton: anybodys } = await shown()
    const { text: annes } = await ask('/own?as=anne', { headers: { cookie } })
    const sent = async (as: string, jeton: string, path = '/own') =>
      ask(`${path}?as=${as}`, {
        method: 'POST',
        body: `jeton=${jeton}&name=Anne`,
        headers: { 'content-type': FORM, cookie },
      })
    expect(JSON.parse((await sent('anne', annes)).text)).toEqual({ isTheirs: true })
    expect(JSON.parse((await sent('luc', annes)).text)).toEqual({ isTheirs: false })
    expect(JSON.parse((await sent('luc', anybodys)).text)).toEqual({ isTheirs: true })
    expect((await sent('luc', annes, '/form')).status).toBe(200)
    const forged = `${annes.slice(0, -1)}${annes.endsWith('A') ? 'B' : 'A'}`
    expect(JSON.parse((await sent('anne', forged)).text)).toEqual({ isTheirs: false })
    expect((await sent('anne', annes.slice(-43))).status).toBe(403)
  })

  test('needs no token where a service brings its own proof', async () => {
    expect((await ask('/service', { method: 'POST' })).text).toBe('served')
    expect((await ask('/form', { method: 'POST' })).status).toBe(400)
    for (const method of ['PUT', 'PATCH', 'DELETE']) {
      expect((await ask('/form', { method })).status).toBe(400)
    }
  })
})

describe('what goes wrong', () => {
  test('by a bug is told without its story, which the log has', async () => {
    for (const accept of ['text/html', 'application/json']) {
      const { status, text } = await ask('/bug', { headers: { accept } })
      expect(status).toBe(500)
      expect(text).not.toMatch(/secret detail|TypeError|\.ts/)
      expect(text).toMatch(/\b[\dA-Z]{4}-[\dA-Z]{2}\b/)
    }
    const reference = /\b[\dA-Z]{4}-[\dA-Z]{2}\b/.exec((await ask('/bug')).text)?.[0]
    const written = lines.find((line) => line.includes(`"${reference}"`) && line.includes('"err"'))
    expect(written).toContain('a secret detail')
  })

  test('by a refusal keeps its status and its headers, for people and programs', async () => {
    const page = await ask('/refused', { headers: { accept: 'text/html' } })
    expect([page.status, page.headers['retry-after']]).toEqual([429, '9'])
    expect(page.headers['content-type']).toContain('text/html')
    const json = await ask('/refused', { headers: { accept: 'application/json' } })
    expect(json.headers['content-type']).toContain('application/problem+json')
    expect(JSON.parse(json.text)).toMatchObject({ status: 429, title: expect.any(String) })
  })

  test('with the way there leads on', async () => {
    const { status, text } = await ask('/nowhere', { headers: { accept: 'text/html' } })
    expect(status).toBe(404)
    expect(text).toContain('href="/"')
  })
})

test('a process that lives and cannot serve says both', async () => {
  expect((await ask('/sante')).status).toBe(200)
  expect((await ask('/sante/prete')).status).toBe(503)
  expect((await ask('/sante', { headers: { host: '10.0.0.7' } })).status).toBe(200)
})

test('the log knows the route and never the address: codes and tokens pass there', async () => {
  lines.length = 0
  await ask('/nowhere/kanarie?code=kanarie')
  await ask('/address?token=kanarie', { headers: { cookie: 'a=kanarie', 'user-agent': 'kanarie' } })
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(lines.length).toBeGreaterThanOrEqual(2)
  expect(lines.join()).not.toContain('kanarie')
})
