import { mkdtemp, readdir, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const MEMORY = '/dev/shm'
const GIB = 2 ** 30
/** The largest run, that of the slow faults, takes some 2 GiB. */
const ROOM = 6 * GIB

/**
 * A directory for what one run keeps: in memory where there is plenty, on the disk otherwise. A clone of
 * the template is then a matter of 50 ms instead of 600, some eight hundred times a run.
 *
 * What runs cut short have left goes first: in memory nobody else tidies it away.
 */
export async function fleetingDirectory(): Promise<string> {
  const place = (await hasRoom(MEMORY)) ? MEMORY : tmpdir()
  await tidy(place)
  return mkdtemp(join(place, `myanm-test-${process.pid}-`))
}

async function hasRoom(place: string): Promise<boolean> {
  if (process.availableMemory() < ROOM) return false
  try {
    const { bavail, bsize } = await statfs(place)
    return bavail * bsize >= ROOM
  } catch (error) {
    // Systems other than Linux have no such place.
    if (isCode(error, 'ENOENT')) return false
    throw error
  }
}

/** The names say which process they belong to: what belongs to none is nobody's. */
async function tidy(place: string): Promise<void> {
  for (const name of await readdir(place)) {
    const owner = Number(/^myanm-test-(\d+)-/.exec(name)?.[1])
    if (owner > 0 && !isAlive(owner)) await rm(join(place, name), { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return !isCode(error, 'ESRCH')
  }
}

const isCode = (error: unknown, code: string): boolean =>
  (error as NodeJS.ErrnoException).code === code
