import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import { HEADING, line } from './old-accounts.ts'

/**
 * A file as large as all old accounts together: of a hundred lines, ten are a second account of somebody
 * on another site, two have an unusable address, one a login somebody else has; every other one is the
 * account of an organisation, and some organisations have two.
 */
export async function writeMany(path: string, count: number): Promise<void> {
  const file = createWriteStream(path)
  file.write(`\uFEFF${HEADING}\n`)
  for (let n = 0; n < count; n += 1) {
    if (!file.write(`${oldAccount(n)}\n`)) {
      await once(file, 'drain')
    }
  }
  file.end()
  await finished(file)
}

function oldAccount(n: number): string {
  const kind = n % 100
  const person = kind < 10 ? n + 50 : n
  return line({
    site: kind < 10 ? 'monasbl' : 'guide-social',
    id: String(n),
    login: kind === 99 ? `login.${n - 1}` : `login.${n}`,
    email: kind === 20 || kind === 21 ? 'inconnue' : `personne.${person}@exemple.com`,
    first: 'Émilie',
    last: `D’Hondt ${person}`,
    at: new Date(Date.UTC(2020, 0, 1) + n * 60_000).toISOString(),
    ...(n % 2 === 0 && {
      bce: numberOf(n % 20 === 0 ? n + 2 : n),
      organisation: `Maison ${n} ASBL`,
    }),
  })
}

/** Ten digits, the last two a check (specification R14). */
function numberOf(n: number): string {
  const body = 2_000_000 + n
  return String(body).padStart(8, '0') + String(97 - (body % 97)).padStart(2, '0')
}
