import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { countsOf, faultsOf, readRequirements } from './quality/asvs.ts'

// Holds the table of security requirements to the tests and documents it names; part of `pnpm check`.
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
const faults = faultsOf(requirements, read)
for (const fault of faults) console.error(fault)
process.exitCode = faults.length === 0 ? 0 : 1
