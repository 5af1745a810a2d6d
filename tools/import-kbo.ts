import { runCommand } from './start/run-command.ts'

// `pnpm import:kbo FILE.zip`: the open data of the Banque-Carrefour des Entreprises into the running scene.
await runCommand('idp/src/commands/import-kbo.ts')
