import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { IntlMessageFormat } from 'intl-messageformat'
import pg from 'pg'
import { verifyJournal } from './verify.ts'

// Checks the journal with read access and the public key, and nothing else of MyANM.

const messages = JSON.parse(
  readFileSync(new URL('messages.fr.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, string>>

const say = (key: string, values: Readonly<Record<string, string | number>> = {}) =>
  `${String(new IntlMessageFormat(messages[key] ?? key, 'fr-BE').format({ seal: '', line: '', membership: '', ...values }))}\n`

const SHOWN = 100

const { values } = parseArgs({
  args: process.argv.slice(2).filter((word) => word !== '--'),
  options: { since: { type: 'string' }, known: { type: 'string', multiple: true } },
})
const keys = (process.env['JOURNAL_PUBLIC_KEY'] ?? '').split(',').filter(Boolean)
const url = process.env['DATABASE_URL']
const since = values.since === undefined ? undefined : new Date(values.since)
if (!url || keys.length === 0 || Number.isNaN(since?.getTime())) {
  process.stderr.write(say('usage'))
  process.exitCode = 2
} else {
  const client = new pg.Client({ connectionString: url, application_name: 'journal-verify' })
  await client.connect()
  // One moment, whatever is written meanwhile.
  await client.query('begin isolation level repeatable read read only')
  const started = performance.now()
  const { findings, head, ...counts } = await verifyJournal(client, {
    keys,
    ...(since && { since }),
    known: (values.known ?? []).map((known) => {
      const [number = '', hash = ''] = known.split(':')
      return { number, hash }
    }),
  }).finally(() => client.end())
  const seconds = Math.round((performance.now() - started) / 100) / 10
  if (findings.length === 0) process.stdout.write(say('whole', { ...counts, seconds }))
  else {
    process.stdout.write(say('broken', { count: findings.length }))
    for (const { kind, ...where } of findings.slice(0, SHOWN)) {
      process.stdout.write(say(`found.${kind}`, where))
    }
    process.exitCode = 1
  }
  if (counts.waiting > 0) process.stdout.write(say('waiting', counts))
  if (head) process.stdout.write(say('head', head))
}
