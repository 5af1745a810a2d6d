import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Complaint } from './complaint.ts'

/** What `start` keeps from one run to the next: the `.data` folder and its places. */
export type Folder = ReturnType<typeof folderIn>

export function folderIn(root: string) {
  const directory = join(root, '.data')
  return {
    directory,
    secrets: join(directory, 'secrets.json'),
    demo: join(directory, 'demo.json'),
    /** MyANM's environment, for commands run beside it. */
    myanm: join(directory, 'myanm.json'),
    prepared: join(directory, 'prepared.json'),
    postgres: join(directory, 'postgres'),
    mailbox: join(directory, 'mailbox'),
    logs: join(directory, 'logs'),
    cache: join(directory, 'cache'),
  }
}

/** Makes the folder, for this user only. @throws Complaint when it is another user's */
export async function makeFolder({ directory, logs }: Folder): Promise<void> {
  try {
    await mkdir(logs, { recursive: true, mode: 0o700 })
    await chmod(directory, 0o700)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'EACCES' && code !== 'EPERM') throw error
    throw new Complaint('scene.not-ours', { directory })
  }
}

export async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch(() => '')
  return text === '' ? undefined : JSON.parse(text)
}

/** Writes for this user only, all or nothing: a run killed half-way leaves the former file. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFile(`${path}.part`, `${JSON.stringify(value, undefined, 2)}\n`, { mode: 0o600 })
  await rename(`${path}.part`, path)
}
