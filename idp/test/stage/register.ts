import { createWriteStream } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { TestDatabase, TestIdp } from '@myanm/testing'
import { ZipFile } from 'yazl'
import type { ImportReport } from '#register'
import { importRegister } from '#register'

type Content = string | (() => Iterable<string>)

/** Writes a zip with these files; what is given as lines is never in memory as a whole. */
export async function zipOf(
  path: string,
  files: Readonly<Record<string, Content>>,
): Promise<string> {
  const zip = new ZipFile()
  for (const [name, content] of Object.entries(files)) {
    if (typeof content === 'string') zip.addBuffer(Buffer.from(content), name)
    else {
      zip.addReadStreamLazy(name, (found) =>
        found(null, Readable.from(content(), { objectMode: false }).pipe(new PassThrough())),
      )
    }
  }
  zip.end()
  await pipeline(zip.outputStream, createWriteStream(path))
  return path
}

/** What `pnpm import:kbo` runs. */
export const IMPORT = join(import.meta.dirname, '../../src/commands/import-kbo.ts')

/** All a command of MyANM is told by its environment; the secrets among it are made up. */
export const commandEnvironment = (database: TestDatabase) => ({
  PATH: process.env['PATH'] ?? '',
  DATABASE_URL: database.urlFor('idp').href,
  PORT: '3000',
  PUBLIC_URL: 'http://localhost:3000',
  ...Object.fromEntries(
    ['COOKIE_KEY', 'KEY_ENCRYPTION_KEY', 'PAIRWISE_SALT'].map((name) => [name, 'x'.repeat(43)]),
  ),
  SMTP_URL: 'smtp://127.0.0.1:1',
  MAIL_FROM: 'MyANM <ne-pas-repondre@exemple.be>',
})

/** The files of a folder, to be made another extract of. */
export async function filesOf(folder: string): Promise<Record<string, string>> {
  const names = await readdir(folder)
  return Object.fromEntries(
    await Promise.all(
      names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const),
    ),
  )
}

/** Cuts a file in the middle, as a download that broke off does. */
export async function cutShort(path: string, share: number): Promise<void> {
  const whole = await readFile(path)
  await writeFile(path, whole.subarray(0, Math.floor(whole.length * share)))
}

/** A number with the check digits it must have (R14). */
export function numberOf(body: number): string {
  const digits = String(body).padStart(8, '0')
  return `${digits}${String(97 - (Number(digits) % 97)).padStart(2, '0')}`
}

export const withDots = (number: string): string =>
  number.replace(/^(\d{4})(\d{3})(\d{3})$/, '$1.$2.$3')

/** What meta.csv says of an extract. */
export const metaOf = (kind: 'full' | 'update', number: number, day = '20-11-2026'): string =>
  [
    'Variable,Value',
    `"SnapshotDate","${day}"`,
    `"ExtractTimestamp","${day} 04:12:37"`,
    `"ExtractType","${kind}"`,
    `"ExtractNumber","${number}"`,
    '"Version","1.0.0"',
    '',
  ].join('\n')

export const refusals: { file: string; line: number; because: string }[] = []

/** Imports into a running MyANM, as the command does: on one connection of its own. */
export function imports(
  myanm: Pick<TestIdp, 'idp'>,
  path: string,
  more: { readonly progress?: () => void } = {},
): Promise<ImportReport | null> {
  refusals.length = 0
  const listener = {
    progress: () => more.progress?.(),
    rejected: (refused: (typeof refusals)[number]) => void refusals.push(refused),
  }
  return myanm.idp.services.db.connection().execute((db) => importRegister(db, { path, listener }))
}
