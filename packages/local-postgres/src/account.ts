import { readFile, stat } from 'node:fs/promises'
import { LocalPostgresError } from './errors.ts'

/** The user PostgreSQL runs as. */
export type Account = { readonly uid: number; readonly gid: number }

/**
 * Whom the server must become: undefined when it can run as we do. PostgreSQL refuses to run as root, so root
 * lends it the account that already owns the data, else `postgres`, else `nobody`, which every system has.
 */
export async function accountFor(dataDirectory: string): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const owner = await stat(dataDirectory).catch(() => undefined)
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid }
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '')
  const found = ['postgres', '_postgres', 'nobody']
    .map((name) => passwd.split('\n').find((line) => line.startsWith(`${name}:`)))
    .find((line) => line !== undefined)
  const [, , uid, gid] = found?.split(':') ?? []
  if (uid === undefined || gid === undefined || Number(uid) <= 0)
    throw new LocalPostgresError('account-missing', 'no account to lend to PostgreSQL')
  return { uid: Number(uid), gid: Number(gid) }
}
