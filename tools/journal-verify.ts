import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { folderIn, readJson } from './start/folder.ts'

// `pnpm journal:verify [--since 2026-11-01]`: the journal of the running scene, or, with DATABASE_URL
// and JOURNAL_PUBLIC_KEY in the environment, any other.
const root = dirname(import.meta.dirname)
const run = (main: string, env: NodeJS.ProcessEnv, stdout: 'inherit' | 'pipe') =>
  spawnSync(process.execPath, [join(root, main), ...process.argv.slice(2)], {
    env,
    encoding: 'utf8',
    stdio: ['inherit', stdout, 'inherit'],
  })

let environment = process.env
if (!environment['JOURNAL_PUBLIC_KEY']) {
  const scene = (await readJson(folderIn(root).myanm)) as NodeJS.ProcessEnv | undefined
  if (scene) {
    const shown = run('idp/src/commands/show-journal-key.ts', scene, 'pipe')
    environment = { ...scene, JOURNAL_PUBLIC_KEY: shown.stdout.trim() }
  }
}
process.exitCode = run('tools/journal/verify-command.ts', environment, 'inherit').status ?? 1
