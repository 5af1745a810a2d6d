import { runCommand } from './start/run-command.ts'

// `pnpm signals`: changes of rights sites have not heard of; `pnpm signals again NUMBER` tells one again, and
// `pnpm signals again-all SITE` all that a site has never heard of.
await runCommand('idp/src/commands/signals.ts')
