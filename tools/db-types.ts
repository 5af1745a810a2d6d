import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { typedServices, typesOf } from './database/typed-services.ts'
import { runStep } from './quality/steps.ts'

// `pnpm db:types`: writes the table types of every service that has tables, from its migrations.
const root = dirname(import.meta.dirname)
const directory = await mkdtemp(join(tmpdir(), 'myanm-types-'))
try {
  for (const [service, types] of await typesOf(directory)) {
    const file = join(root, typedServices[service] ?? '')
    if ((await readFile(file, 'utf8').catch(() => '')) !== types) await writeFile(file, types)
    const { passed, output } = await runStep('format', ['biome', 'format', '--write', file])
    if (!passed) throw new Error(output)
    console.log(`${service}: ${typedServices[service]}`)
  }
} finally {
  await rm(directory, { recursive: true, force: true })
}
