import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { JEST } from './steps.ts'

export interface Results {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numRuntimeErrorTestSuites: number
}

/** Runs Jest with these words, which shows its own progress, and counts what came of it. */
export async function runJest(words: readonly string[]): Promise<Results> {
  const directory = await mkdtemp(join(tmpdir(), 'myanm-results-'))
  const file = join(directory, 'results.json')
  const [program, ...fixed] = JEST
  const options = ['--json', `--outputFile=${file}`, ...words]
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

/** The last line of a run, « N passed, N failed », and the exit code that goes with it. */
export function sayResults(results: Results, more = { passed: 0, failed: 0 }): void {
  const passed = results.numPassedTests + more.passed
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites + more.failed
  console.log(`\n${passed} passed, ${failed} failed`)
  process.exitCode = failed === 0 && results.numPassedTests > 0 ? 0 : 1
}
