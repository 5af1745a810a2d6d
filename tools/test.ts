import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CHECKS, JEST, runSteps } from './quality/steps.ts'

// `pnpm test`: everything. The static checks first, then unit, integration (real PostgreSQL, real
// HTTP) and the journeys in a real Chromium. The last line counts what passed and what failed.

interface Results {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numRuntimeErrorTestSuites: number
}

const checks = await runSteps(CHECKS)
const results = await runJest(process.argv.slice(2))
const failedChecks = checks.filter(({ passed }) => !passed).length
const passed = results.numPassedTests + checks.length - failedChecks
const failed = results.numFailedTests + results.numRuntimeErrorTestSuites + failedChecks
console.log(`\n${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 && results.numPassedTests > 0 ? 0 : 1

async function runJest(words: readonly string[]): Promise<Results> {
  const directory = await mkdtemp(join(tmpdir(), 'myanm-results-'))
  const file = join(directory, 'results.json')
  const [program, ...fixed] = JEST
  const options = ['--maxWorkers=2', '--json', `--outputFile=${file}`, ...words]
  const child = spawn(program, [...fixed, ...options], { stdio: ['ignore', 'ignore', 'inherit'] })
  await new Promise((resolve) => child.once('close', resolve))
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Results
  } catch (error) {
    console.error(`The test runner left no results: ${String(error)}`)
    return { numPassedTests: 0, numFailedTests: 0, numRuntimeErrorTestSuites: 1 }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
