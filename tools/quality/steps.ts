import { spawn } from 'node:child_process'

/** What is looked at before anything runs. Each is a command of the field, with our configuration. */
export const CHECKS = {
  format: ['biome', 'check', '--error-on-warnings'],
  lint: ['oxlint', '--type-aware'],
  types: ['tsc', '-p', 'tsconfig.json'],
  scripts: ['tsc', '-p', 'tsconfig.enhance.json'],
  architecture: ['depcruise', 'idp/src', 'packages', 'apps', '--config', '.dependency-cruiser.js'],
  drawing: ['node', 'tools/graph.ts', '--check'],
  requirements: ['node', 'tools/asvs.ts'],
} as const

/** How Jest is run: Node strips the types, so modules are real modules. */
export const JEST = [
  'node',
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  'node_modules/jest/bin/jest.js',
] as const

export interface Outcome {
  readonly name: string
  readonly passed: boolean
  readonly seconds: number
  readonly output: string
}

/** Runs one command; its words are kept and shown when it fails. */
export function runStep(name: string, command: readonly string[]): Promise<Outcome> {
  const started = performance.now()
  const [program = '', ...words] = command
  return new Promise((resolve) => {
    const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] })
    const output: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk))
    const end = (passed: boolean, more = '') =>
      resolve({
        name,
        passed,
        seconds: (performance.now() - started) / 1000,
        output: Buffer.concat(output).toString() + more,
      })
    child.once('error', (error) => end(false, error.message))
    child.once('close', (code) => end(code === 0))
  })
}

/** Runs steps two at a time, as many as this project counts on cores, and says how each went. */
export async function runSteps(
  steps: Readonly<Record<string, readonly string[]>>,
): Promise<Outcome[]> {
  const waiting = Object.entries(steps)
  const outcomes: Outcome[] = []
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const outcome = await runStep(...next)
      outcomes.push(outcome)
      console.log(`${outcome.passed ? '✓' : '✗'} ${outcome.name} (${outcome.seconds.toFixed(1)} s)`)
      if (!outcome.passed) console.log(outcome.output)
    }
  }
  await Promise.all([worker(), worker()])
  return outcomes
}
