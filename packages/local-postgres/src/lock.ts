import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { identityOf } from './processes.ts'

/**
 * Claims a directory for this process. Returns how to give it back, or undefined when another living
 * process holds it; one that was killed leaves its claim behind and is recognised as gone.
 */
export async function lockDirectory(directory: string): Promise<(() => Promise<void>) | undefined> {
  const file = join(directory, 'owner')
  const mine = (await identityOf(process.pid)) ?? String(process.pid)
  const claim = () => writeFile(file, mine, { flag: 'wx', mode: 0o600 })
  const taken = await claim().then(
    () => false,
    () => true,
  )
  if (taken) {
    const theirs = await readFile(file, 'utf8').catch(() => '')
    if (theirs !== '' && (await identityOf(Number.parseInt(theirs, 10))) === theirs)
      return undefined
    await rm(file, { force: true })
    await claim()
  }
  return () => rm(file, { force: true })
}
