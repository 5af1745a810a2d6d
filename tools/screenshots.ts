import { dirname, join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { takeScreenshots } from '../e2e/screenshots.ts'

// `pnpm screenshots [directory] [--dark]`: pictures of the main pages, at 390 and 1180 pixels.
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { dark: { type: 'boolean', default: false } },
})
const root = dirname(import.meta.dirname)
const directory = resolve(positionals[0] ?? join(root, '.data', 'screenshots'))
await takeScreenshots({
  directory,
  light: values.dark ? 'dark' : 'light',
  onPicture: (file) => console.log(relative(process.cwd(), file)),
})
process.exit(0)
