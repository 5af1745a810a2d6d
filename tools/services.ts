import { runCommand } from './start/run-command.ts'

// `pnpm services`: who may ask MyANM about tokens, and about whose, on the running scene.
await runCommand('idp/src/commands/services.ts')
