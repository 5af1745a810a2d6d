import { createHash } from 'node:crypto'
import { chown, cp, mkdir, realpath, rename, rm, rmdir, stat, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { type Account, accountFor } from './account.ts'
import { type Binaries, binariesIn, editionOf, shippedBinaries } from './binaries.ts'
import { LocalPostgresError } from './errors.ts'
import { asOurselves, type Launcher, launcherFor } from './launcher.ts'

/** Everything needed to run PostgreSQL's programs on one directory; `account` is whom the files belong to. */
export type Home = {
  readonly directory: string
  readonly data: string
  readonly binaries: Binaries
  readonly launcher: Launcher
  readonly account: Account | undefined
}

/** Makes the directory when needed and finds the account, the binaries and the way to run them there. */
export async function settleIn(wanted: string): Promise<Home> {
  await mkdir(wanted, { recursive: true, mode: 0o700 })
  const directory = await realpath(wanted)
  const binaries = await shippedBinaries()
  const account = await accountFor(join(directory, 'data'))
  if (!account) {
    if ((await stat(directory)).uid !== process.getuid?.())
      throw new LocalPostgresError('directory-not-ours', `${directory} belongs to another user`)
    return { directory, data: join(directory, 'data'), binaries, launcher: asOurselves, account }
  }
  await chown(directory, account.uid, account.gid)
  const launcher = launcherFor(account, { directory, program: binaries.postgres })
  return launcher
    ? { directory, data: join(directory, 'data'), binaries, launcher, account }
    : moveOut({ directory, binaries, account })
}

type Unreachable = { directory: string; binaries: Binaries; account: Account }

// Root without `setpriv`, in a place the account cannot enter: a copy of the server and the data go where it can,
// and the wanted directory becomes a link to them. /var/lib belongs to root, so nobody can lay a trap there.
async function moveOut({ directory, binaries, account }: Unreachable): Promise<Home> {
  const shelter = '/var/lib/myanm'
  const moved = directory.startsWith(`${shelter}/`)
  const mark = createHash('sha256').update(directory).digest('hex').slice(0, 12)
  const place = moved ? directory : join(shelter, mark)
  const copy = binariesIn(join(shelter, editionOf(binaries)))
  await mkdir(shelter, { recursive: true, mode: 0o755 })
  if (!(await stat(copy.postgres).catch(() => undefined)))
    await cp(binaries.root, copy.root, { recursive: true, verbatimSymlinks: true })
  if (!moved) {
    // Data without their link were thrown away together with it.
    await rm(place, { recursive: true, force: true })
    await rename(directory, place).catch(async () => {
      await mkdir(place, { mode: 0o700 })
      await rmdir(directory)
    })
    await symlink(place, directory)
    await chown(place, account.uid, account.gid)
  }
  const launcher = launcherFor(account, { directory: place, program: copy.postgres })
  if (!launcher)
    throw new LocalPostgresError('account-missing', `uid ${account.uid} cannot run PostgreSQL`)
  return { directory: place, data: join(place, 'data'), binaries: copy, launcher, account }
}
