import { runCommand } from './start/run-command.ts'

// `pnpm import:legacy FILE.csv [--apply]`: old accounts into the running scene.
await runCommand('idp/src/commands/import-legacy.ts')
