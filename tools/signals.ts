import { runCommand } from './start/run-command.ts'

// `pnpm signals`: changes of rights a site has not heard of; `pnpm signals again NUMBER` tells it again.
await runCommand('idp/src/commands/signals.ts')
