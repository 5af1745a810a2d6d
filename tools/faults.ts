import { runJest, sayResults } from './quality/jest-run.ts'

// `pnpm faults [words for Jest]`: what MyANM does when something breaks, on real PostgreSQL, over real
// SMTP, in processes of its own that are killed. One file at a time: what is measured is time.

sayResults(await runJest(['--selectProjects', 'faults', '--runInBand', ...process.argv.slice(2)]))
