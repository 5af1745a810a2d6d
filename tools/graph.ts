import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'

// `pnpm graph`: draws the imports of the code into docs/architecture.md. `--check` only compares.

interface Module {
  readonly source: string
  readonly dependencies: readonly {
    readonly resolved: string
    readonly dependencyTypes: readonly string[]
  }[]
}

const DOCUMENT = new URL('../docs/architecture.md', import.meta.url)
const CRUISE = [
  ...['idp/src', 'packages', 'apps', '--config', '.dependency-cruiser.js', '--output-type', 'json'],
  ...['--exclude', 'node_modules|/test/|\\.test\\.ts|packages/(testing|local-postgres|mailbox)/'],
]

const modules = await cruise()
const before = await readFile(DOCUMENT, 'utf8')
const after = [
  { name: 'parts', unitOf: partOf },
  { name: 'rooms', unitOf: roomOf },
].reduce((text, { name, unitOf }) => replace(text, name, draw(unitOf)), before)

if (process.argv.includes('--check')) {
  if (after !== before) {
    console.error('docs/architecture.md no longer shows the code: run `pnpm graph`')
    process.exitCode = 1
  }
} else {
  await writeFile(DOCUMENT, after)
}

async function cruise(): Promise<readonly Module[]> {
  const { stdout } = await promisify(execFile)('depcruise', CRUISE, { maxBuffer: 64 * 1024 * 1024 })
  return (JSON.parse(stdout) as { modules: Module[] }).modules
}

/** `idp`, a package or a site. */
function partOf(file: string): string | null {
  return /^(?:packages|apps)\/([^/]+)\//.exec(file)?.[1] ?? /^(idp)\//.exec(file)?.[1] ?? null
}

/** A room of MyANM; its wiring (`app.ts`, `services.ts`…) is where they meet and is left out. */
function roomOf(file: string): string | null {
  return /^idp\/src\/([^/]+)\//.exec(file)?.[1] ?? null
}

function draw(unitOf: (file: string) => string | null): string {
  const arrows = new Set<string>()
  for (const { source, dependencies } of modules) {
    const from = unitOf(source)
    for (const { resolved, dependencyTypes } of dependencies) {
      const to = unitOf(resolved)
      const isForTypes = dependencyTypes.includes('type-only')
      if (from && to && from !== to && !isForTypes) arrows.add(`  ${from} --> ${to}`)
    }
  }
  return ['```mermaid', 'flowchart TD', ...[...arrows].sort(), '```'].join('\n')
}

function replace(text: string, name: string, drawing: string): string {
  const marks = new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- /${name} -->)`)
  if (!marks.test(text)) throw new Error(`docs/architecture.md has no place for ${name}`)
  return text.replace(marks, `$1${drawing}\n$2`)
}
