import { runCommand } from './start/run-command.ts'

// `pnpm staff:invite ADDRESS`: a link with which the person of this address joins the team.
await runCommand('idp/src/commands/invite-staff.ts')
