import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { createLog } from '@myanm/chassis'
import { createTransport } from 'nodemailer'
import { type Mailbox, startMailbox } from '../src/index.ts'

/** The part of a mail's JSON the tests look into. */
type Shown = { id: string; date: string; headers: readonly { key: string; value: string }[] }

describe('the local mailbox', () => {
  let directory: string
  let mailbox: Mailbox

  const open = async () => {
    const httpPort = await freePort()
    return startMailbox({
      directory,
      host: '127.0.0.1',
      httpPort,
      smtpPort: 0,
      publicUrl: new URL(`http://127.0.0.1:${httpPort}`),
      log: createLog('mailbox', 'silent'),
    })
  }

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'myanm-mailbox-'))
    mailbox = await open()
  })

  afterEach(async () => {
    await mailbox.stop()
    await rm(directory, { recursive: true, force: true })
  })

  const send = (mail: object) =>
    createTransport(mailbox.smtpUrl).sendMail({
      from: 'MyANM <ne-pas-repondre@myanm.example>',
      to: 'claire@tilleuls.example',
      ...mail,
    })

  const get = (path: string) => fetch(new URL(path, mailbox.url), { redirect: 'manual' })
  const inbox = async (query = '') =>
    (await get(`/api/messages${query}`)).json() as Promise<readonly Shown[]>

  test('a mail with accents, in text and HTML, is given back newest first', async () => {
    await send({ subject: 'Premier', text: 'un' })
    await send({ subject: 'Réinitialisé : « été »', text: 'Voilà', html: '<p>Voilà</p>' })
    const [newest, oldest] = await inbox()
    expect(newest).toMatchObject({
      to: ['claire@tilleuls.example'],
      from: 'ne-pas-repondre@myanm.example',
      subject: 'Réinitialisé : « été »',
      text: 'Voilà\n',
      html: '<p>Voilà</p>\n',
    })
    expect(Date.now() - Date.parse(newest?.date ?? '')).toBeLessThan(10_000)
    expect(oldest).toMatchObject({ subject: 'Premier', html: '' })
  })

  test('mails are found by whom they were handed over for, blind copies included', async () => {
    await send({ subject: 'A', bcc: 'Discret@exemple.be' })
    await send({ subject: 'B', to: 'autre@exemple.be' })
    expect(await inbox('?to=discret@exemple.be')).toMatchObject([{ subject: 'A' }])
    expect(await inbox('?to=personne@exemple.be')).toEqual([])
  })

  test('an attachment is named and does no harm', async () => {
    await send({ text: 'Voir', attachments: [{ filename: 'é.bin', content: Buffer.alloc(2000) }] })
    expect(await inbox()).toMatchObject([{ attachments: ['é.bin'] }])
  })

  test('an injected header is seen as it came', async () => {
    await sendRaw('Subject: Bonjour\r\nBcc: pirate@exemple.be\r\nX-Injected: oui\r\n\r\nTexte')
    const [mail] = await inbox()
    expect(mail).toMatchObject({ subject: 'Bonjour', to: ['claire@tilleuls.example'] })
    expect(mail?.headers).toContainEqual({ key: 'x-injected', value: 'oui' })
    expect(mail?.headers).toContainEqual({ key: 'bcc', value: 'pirate@exemple.be' })
  })

  test.each([
    ['empty', ''],
    ['without headers', 'rien que du texte'],
    ['with a boundary that never ends', 'Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n'],
    ['in a charset nobody knows', 'Content-Type: text/plain; charset=klingon\r\n\r\nHeghlu'],
    ['with broken encoded words', 'Subject: =?utf-8?B?%%%?= =?utf-8?Q?=E9?=\r\n\r\n\u0000'],
    ['nested too deep', nested(60)],
  ])('a mail %s is taken and can be read', async (_, mail) => {
    await sendRaw(mail)
    const [{ id }] = (await inbox()) as [Shown]
    expect((await get('/')).status).toBe(200)
    for (const path of ['', '/contenu', '/source'])
      expect((await get(`/messages/${id}${path}`)).status).toBe(200)
  })

  test('a mail beyond the limit is refused, and the mailbox goes on', async () => {
    await expect(send({ text: 'x'.repeat(6_000_000) })).rejects.toMatchObject({ responseCode: 552 })
    await send({ subject: 'Après' })
    expect(await inbox()).toMatchObject([{ subject: 'Après' }])
  })

  test('mails survive a restart', async () => {
    await send({ subject: 'Gardé' })
    await mailbox.stop()
    mailbox = await open()
    expect(await inbox()).toMatchObject([{ subject: 'Gardé', to: ['claire@tilleuls.example'] }])
  })

  test('the HTML of a mail is shown in a frame where nothing runs and nothing is fetched', async () => {
    await send({ subject: '<script>', html: '<script>alert(1)</script><img src="http://a/b.png">' })
    const [{ id }] = (await inbox()) as [Shown]
    const page = await (await get(`/messages/${id}`)).text()
    expect(page).toContain(`<iframe class="mail-content" src="/messages/${id}/contenu"`)
    expect(page).not.toContain('<script>')
    const policy = (await get(`/messages/${id}/contenu`)).headers.get('content-security-policy')
    expect(policy).toContain("default-src 'none'")
    expect(policy).toMatch(/sandbox (?!.*allow-(scripts|same-origin))/)
  })

  test('the box is emptied by programs, and by a form that proves where it comes from', async () => {
    await send({ subject: 'A' })
    const forged = await fetch(new URL('/vider', mailbox.url), {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect(forged.status).toBe(403)
    expect(await inbox()).toHaveLength(1)
    const emptied = await fetch(new URL('/api/messages', mailbox.url), { method: 'DELETE' })
    expect(emptied.status).toBe(204)
    expect(await inbox()).toEqual([])
  })

  async function sendRaw(mail: string): Promise<void> {
    const { hostname, port } = new URL(mailbox.smtpUrl)
    const socket = connect(Number(port), hostname)
    const say = async (line: string, expected: string) => {
      socket.write(`${line}\r\n`)
      const [answer] = await once(socket, 'data')
      expect(String(answer)).toMatch(new RegExp(`^${expected}`))
    }
    await once(socket, 'data')
    await say('HELO essai', '250')
    await say('MAIL FROM:<essai@exemple.be>', '250')
    await say('RCPT TO:<claire@tilleuls.example>', '250')
    await say('DATA', '354')
    await say(`${mail}\r\n.`, '250')
    socket.destroy()
  }
})

function nested(depth: number): string {
  if (depth === 0) return 'Content-Type: text/plain\r\n\r\nfond'
  const boundary = `b${depth}`
  return `Content-Type: multipart/mixed; boundary=${boundary}\r\n\r\n--${boundary}\r\n${nested(depth - 1)}\r\n--${boundary}--`
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
