import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { folderIn, readJson } from './folder.ts'
import { say } from './words.ts'

/**
 * Runs a command of MyANM on the running scene, with the environment `start` gave to it and the words of
 * the command line. Elsewhere, the command itself is run with MyANM's own environment.
 */
export async function runCommand(main: string): Promise<void> {
  const root = dirname(dirname(import.meta.dirname))
  const environment = await readJson(folderIn(root).myanm)
  if (typeof environment !== 'object' || environment === null) {
    process.stderr.write(`${say('scene.never-started')}\n`)
    process.exitCode = 1
    return
  }
  const { status } = spawnSync(process.execPath, [join(root, main), ...process.argv.slice(2)], {
    env: environment as NodeJS.ProcessEnv,
    // Where the command was typed: names of files are as seen from there.
    cwd: process.env['INIT_CWD'] ?? process.cwd(),
    stdio: 'inherit',
  })
  process.exitCode = status ?? 1
}
