import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import {
  arrange,
  freePort,
  newVisitor,
  query,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  typeCredentials,
  withDatabase,
} from '@myanm/testing'
import fc from 'fast-check'
import nodemailer from 'nodemailer'
import { lettersOf, post } from '#mail'
import { MOST_AN_HOUR } from '#rules/mail'
import { fateOf, haveWritten, linksIn } from './stage/letters.ts'
import { openPostOffice, type PostOffice } from './stage/post-office.ts'
import { until } from './stage/until.ts'

// Specification 4.8, M48, M49; ahead 7; yardsticks F17, F32, F33. Over real SMTP, both ways.

let database: TestDatabase
let office: PostOffice
let myanm: TestIdp
let account: string
let reports: URL

beforeAll(async () => {
  database = await withDatabase()
  office = await openPostOffice()
  const port = await freePort()
  reports = new URL(`smtp://127.0.0.1:${port}`)
  myanm = await startTestIdp({
    database,
    post: 'smtp',
    settings: {
      SMTP_URL: office.url,
      HOST: '127.0.0.1',
      BOUNCE_SMTP_PORT: port,
      BOUNCE_DOMAIN: 'retours.exemple.be',
    },
  })
  account = myanm.accounts.get('particulier') ?? ''
})

afterAll(async () => {
  await myanm.stop()
  await office.close()
  await database.drop()
})

beforeEach(async () => {
  await arrange(database, 'delete from letter')
  await arrange(database, 'delete from proof')
})

/** A letter that has left, as the post office has it. */
async function sent(code: Parameters<typeof haveWritten>[1]['code'] = 'password-changed') {
  const id = await haveWritten(myanm, { code, account })
  await until(async () => (await fateOf(database, id)).state === 'sent')
  const received = office.letters.findLast(({ mail }) => mail.messageId?.includes(id))
  if (!received) throw new Error('It did not arrive')
  return { id, received }
}

/** Another server's report, handed in at our door. */
async function report(to: string, parts: string, from = '') {
  const { hostname, port } = reports
  const transport = nodemailer.createTransport({
    host: hostname,
    port: Number(port),
    secure: false,
  })
  return await transport.sendMail({ envelope: { from, to: [to] }, raw: parts })
}

const deliveryReport = (action: string, status: string) =>
  [
    'From: MAILER-DAEMON@exemple.be',
    'Subject: Undelivered Mail',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="x"',
    '',
    '--x',
    'Content-Type: text/plain',
    '',
    'Sorry.',
    '--x',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.exemple.be',
    '',
    'Final-Recipient: rfc822; particulier@exemple.be',
    `Action: ${action}`,
    `Status: ${status}`,
    'Diagnostic-Code: smtp; 550 5.1.1 <particulier@exemple.be> unknown',
    '--x--',
    '',
  ].join('\r\n')

const complaint = (returnPath: string) =>
  [
    'From: fbl@exemple.be',
    'Subject: complaint',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=feedback-report; boundary="x"',
    '',
    '--x',
    'Content-Type: message/feedback-report',
    '',
    'Feedback-Type: abuse',
    'User-Agent: Some/1.0',
    'Version: 1',
    `Original-Mail-From: <${returnPath}>`,
    '--x--',
    '',
  ].join('\r\n')

describe('a letter', () => {
  test('is for one person, says what it is to programs, and leads to our configured address', async () => {
    const { id, received } = await sent('reset-password')
    expect(received.to).toEqual(['particulier@exemple.be'])
    expect(received.raw).toMatch(/^Auto-Submitted: auto-generated\r$/m)
    expect(received.mail.messageId).toBe(`<${id}@localhost>`)
    for (const link of linksIn({ html: received.mail.html ?? '' })) {
      expect(link.origin).toBe(myanm.issuer.origin)
    }
    expect(received.mail.text).toContain(linksIn({ html: received.mail.html ?? '' })[0]?.href)
  })

  test('that asks about a newsletter can be answered « no » in the mail program (RFC 8058)', async () => {
    const { received } = await sent('newsletter')
    const header = /^List-Unsubscribe:\s*<([^>]+)>/m.exec(received.raw)
    expect(header?.[1]).toMatch(`${myanm.issuer.origin}/newsletter/arret/`)
    expect(received.raw).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r$/m)
    expect((await sent()).received.raw).not.toMatch(/List-Unsubscribe/)
  })

  test('to the old address goes there, even when the new one is confirmed first', async () => {
    const { db } = myanm.idp.services
    await db.transaction().execute(async (tx) => {
      await post(tx, { code: 'email-changing', account })
      await tx
        .updateTable('account')
        .set({ email: 'nouvelle@exemple.be' })
        .where('id', '=', account)
        .execute()
    })
    try {
      await until(() =>
        office.letters.some(({ mail }) => mail.subject === 'Votre adresse va changer'),
      )
      expect(office.letters.at(-1)?.to).toEqual(['particulier@exemple.be'])
      const kept = () =>
        query<{ address: string }>(database, 'select address from letter where address is not null')
      await until(async () => (await kept()).length === 0)
    } finally {
      await arrange(database, `update account set email = 'particulier@exemple.be' where id = $1`, [
        account,
      ])
    }
  })
})

test('whatever a request calls us, letters lead to our configured address (F33)', async () => {
  const foreign = 'mechant.example'
  const visitor = newVisitor()
  const page = await visitor.go(new URL('/mot-de-passe/oublie', myanm.issuer))
  const token = String(page.$('input[name=jeton]').first().attr('value'))
  const headers = {
    origin: myanm.issuer.origin,
    'x-forwarded-host': foreign,
    'x-forwarded-proto': 'https',
    'x-forwarded-port': '444',
    forwarded: `host=${foreign};proto=https`,
    'x-original-host': foreign,
    'x-host': foreign,
  }
  const fields = { identifiant: 'lecteur', jeton: token }
  expect((await visitor.post(page.url, fields, headers)).status).toBe(200)
  const received = () => office.letters.findLast(({ to }) => to.includes('lecteur@exemple.be'))
  await until(() => received() !== undefined)
  expect(received()?.raw).not.toContain(foreign)
  const links = linksIn({ html: received()?.mail.html ?? '' })
  expect(links.map(({ origin }) => origin)).toEqual([myanm.issuer.origin])
})

describe('what is typed cannot change a letter (F32)', () => {
  test('whatever the name: one recipient, the subject intact, no header of its own, no link', async () => {
    const nasty = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 330 }),
      fc
        .array(
          fc.constantFrom(
            '\r\nBcc: tous@mechant.example',
            '\nSubject: Autre',
            '\r\n\r\n<h1>Autre</h1>',
            '\u560a\u560dX-Header: x',
            '\u2028X: y',
            '<a href="http://mechant.example">ici</a>',
            'http://mechant.example/',
            'mechant.example',
            '{name}',
            '{{ 7 * 7 }}',
            '"><script>alert(1)</script>',
            'x'.repeat(320),
            '=?utf-8?q?=0d=0aBcc:x?=',
            'Anne',
          ),
          { maxLength: 4 },
        )
        .map((parts) => parts.join('')),
    )
    await fc.assert(
      fc.asyncProperty(nasty, async (typed) => {
        const name = typed.replaceAll('\0', '').toWellFormed()
        await arrange(database, 'update account set given_name = $2 where id = $1', [account, name])
        const { received } = await sent('password-changed')
        await arrange(database, 'delete from letter')
        const { mail, raw, to } = received
        expect(to).toEqual(['particulier@exemple.be'])
        expect(mail.subject).toBe('Votre mot de passe a été modifié')
        expect(mail.to?.map(({ address }) => address)).toEqual(['particulier@exemple.be'])
        expect([mail.bcc ?? [], mail.cc ?? []]).toEqual([[], []])
        const headers = (raw.split('\r\n\r\n')[0] ?? '').replaceAll(/\r\n[ \t]/g, ' ')
        expect(
          headers
            .split('\r\n')
            .map((line) => line.split(':')[0]?.toLowerCase())
            .sort(),
        ).toEqual(HEADERS)
        const links = linksIn({ html: mail.html ?? '' })
        expect(links.every(({ origin }) => origin === myanm.issuer.origin)).toBe(true)
        for (const form of [mail.html, mail.text]) {
          expect(form).not.toMatch(/mechant\s*\.\s*example|alert\(1\)|>49</)
        }
        expect(mail.html).not.toMatch(/<script|<h1>Autre/)
      }),
      { numRuns: 60 },
    )
    await arrange(database, `update account set given_name = 'Particulier' where id = $1`, [
      account,
    ])
  }, 120_000)
})

const HEADERS = [
  'auto-submitted',
  'content-type',
  'date',
  'from',
  'message-id',
  'mime-version',
  'subject',
  'to',
]

describe('a letter that comes back', () => {
  test('is known as such at once, to the person and to the team', async () => {
    const { db } = myanm.idp.services
    const { id, received } = await sent()
    expect(received.from).toMatch(/^retour-[0-9a-f]{32}-[0-9a-f]{23}@retours\.exemple\.be$/)
    await report(received.from, deliveryReport('failed', '5.1.1'))
    expect(await fateOf(database, id)).toMatchObject({ state: 'bounced', last_reason: '5.1.1' })
    expect(await lettersOf(db, account)).toEqual([
      expect.objectContaining({ id, state: 'bounced' }),
    ])
    // And on the page the person comes to next.
    const visitor = newVisitor()
    await visitor.go(new URL('/compte', myanm.issuer))
    await typeCredentials(visitor, 'particulier')
    expect(visitor.page?.$('a[href="/compte/connexion/adresse"]').length).toBeGreaterThan(0)
  })

  test('keeps its state when the report says late, or delivered, or is no report', async () => {
    const { id, received } = await sent()
    await report(received.from, deliveryReport('delayed', '4.4.1'))
    await report(received.from, deliveryReport('delivered', '2.0.0'))
    await report(received.from, 'Subject: Absent\r\n\r\nJe suis en congé.\r\n')
    expect((await fateOf(database, id)).state).toBe('sent')
  })

  test('a letter called unwanted is known as such, by the return path it names', async () => {
    const { id, received } = await sent()
    await report('plaintes@retours.exemple.be', complaint('retour-0-0@retours.exemple.be'))
    expect((await fateOf(database, id)).state).toBe('sent')
    await report('plaintes@retours.exemple.be', complaint(received.from), 'fbl@exemple.be')
    expect(await fateOf(database, id)).toMatchObject({ state: 'complained', last_reason: 'abuse' })
  })

  test('nobody says so of a letter they have not seen', async () => {
    const { id } = await sent()
    const hex = id.replaceAll('-', '')
    for (const address of [
      `retour-${hex}-${'0'.repeat(23)}@retours.exemple.be`,
      `retour-${hex}@retours.exemple.be`,
      `${id}@retours.exemple.be`,
      'postmaster@retours.exemple.be',
    ]) {
      await expect(report(address, deliveryReport('failed', '5.1.1'))).rejects.toMatchObject({
        responseCode: 550,
      })
    }
    expect((await fateOf(database, id)).state).toBe('sent')
  })

  test('reports that are rubbish harm nothing', async () => {
    const { id, received } = await sent()
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 500 }), async (rubbish) => {
        const body = rubbish.replaceAll(/[\r\n]/g, ' ')
        await report(
          received.from,
          `Subject: x\r\nContent-Type: message/delivery-status\r\n\r\n${body}\r\n`,
        )
      }),
      { numRuns: 30 },
    )
    expect((await fateOf(database, id)).state).toBe('sent')
  })
})

describe('nobody is flooded through us', () => {
  test('what can be asked for again and again leaves so often an hour, asked for at once too', async () => {
    const { db } = myanm.idp.services
    const most = MOST_AN_HOUR['already-known'] ?? 0
    await Promise.all(
      Array.from({ length: most + 4 }, () =>
        db.transaction().execute((tx) => post(tx, { code: 'already-known', account })),
      ),
    )
    expect(await query(database, `select from letter where code = 'already-known'`)).toHaveLength(
      most,
    )
    await arrange(database, `update letter set queued_at = queued_at - interval '1 hour'`)
    await db.transaction().execute((tx) => post(tx, { code: 'already-known', account }))
    expect(await query(database, `select from letter where code = 'already-known'`)).toHaveLength(
      most + 1,
    )
  })

  test('what tells of a change to the account always leaves', async () => {
    const { db } = myanm.idp.services
    for (let one = 0; one < 15; one += 1) {
      await db.transaction().execute((tx) => post(tx, { code: 'password-changed', account }))
    }
    expect(
      await query(database, `select from letter where code = 'password-changed'`),
    ).toHaveLength(15)
  })
})
