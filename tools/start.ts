import { enableCompileCache } from 'node:module'
import { dirname, join } from 'node:path'

const root = dirname(import.meta.dirname)

// First of all: what is loaded next is then compiled once and kept.
enableCompileCache(join(root, '.data', 'cache'))
const { start } = await import('./start/start.ts')

process.exit(await start(root))
