import { runJest, sayResults } from './quality/jest-run.ts'
import { CHECKS, runSteps } from './quality/steps.ts'

// `pnpm test`: everything but the slow faults. The static checks first, then unit, integration (real
// PostgreSQL, real HTTP) and the journeys in a real Chromium. The last line counts what passed and what failed.

const PROJECTS = ['--selectProjects', 'unit', 'integration', 'e2e']

const checks = await runSteps(CHECKS)
const failed = checks.filter(({ passed }) => !passed).length
const results = await runJest([...PROJECTS, '--maxWorkers=2', ...process.argv.slice(2)])
sayResults(results, { passed: checks.length - failed, failed })
