import { runCommand } from './start/run-command.ts'

// `pnpm keys:rotate`: one step of key rotation on the running scene.
await runCommand('idp/src/commands/rotate-keys.ts')
