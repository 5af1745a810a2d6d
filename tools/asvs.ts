import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { countsOf, faultsOf, faultsOfFaults, readRequirements } from './quality/asvs.ts'

// Holds the tables of requirements and of faults to the tests and documents they name; part of `pnpm check`.
const root = dirname(import.meta.dirname)

function read(path: string): string | null {
  try {
    return readFileSync(join(root, path), 'utf8')
  } catch {
    return null
  }
}

const requirements = readRequirements(read('docs/security/asvs.md') ?? '')
for (const line of countsOf(requirements)) console.log(line)
const faults = [
  ...faultsOf(requirements, read),
  ...faultsOfFaults(read('docs/security/faults.md') ?? '', read),
]
for (const fault of faults) console.error(fault)
process.exitCode = faults.length === 0 ? 0 : 1
