import { CHECKS, JEST, runSteps } from './quality/steps.ts'

// `pnpm check`: format, lint, types, architecture and unit tests, in seconds.
const outcomes = await runSteps({
  ...CHECKS,
  unit: [...JEST, '--selectProjects', 'unit', '--maxWorkers=2', '--silent'],
})
process.exitCode = outcomes.every(({ passed }) => passed) ? 0 : 1
