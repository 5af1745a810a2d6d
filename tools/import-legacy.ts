import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { folderIn, readJson } from './start/folder.ts'

// `pnpm import:legacy FILE.csv [--apply]`: old accounts into the running scene, with the environment
// `start` gave to MyANM. Elsewhere, run the command itself with MyANM's own environment.
const root = dirname(import.meta.dirname)
const environment = await readJson(folderIn(root).myanm)
if (typeof environment !== 'object' || environment === null) {
  console.error('La scène n’a jamais démarré ici : `pnpm start` d’abord.')
  process.exit(1)
}
const { status } = spawnSync(
  process.execPath,
  [join(root, 'idp/src/commands/import-legacy.ts'), ...process.argv.slice(2)],
  {
    env: environment as NodeJS.ProcessEnv,
    // Where the command was typed: names of files are as seen from there.
    cwd: process.env['INIT_CWD'] ?? process.cwd(),
    stdio: 'inherit',
  },
)
process.exitCode = status ?? 1
