import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { SITE_KEYS } from './page-props.ts'
import { readStyles } from './styles.ts'

const PREFIX = '/ui'
const require = createRequire(import.meta.url)
const FONTS = join(
  dirname(require.resolve('@fontsource-variable/atkinson-hyperlegible-next/package.json')),
  'files',
)

export interface Asset {
  /** The whole path of the address, prefix and content hash included: `/ui/styles.0a1b2c3d4e.css`. */
  readonly path: string
  /** The bytes to send, held in memory: everything together weighs less than 100 kB. */
  readonly content: Buffer
  readonly contentType: string
  /** The path names the content: it may be cached for ever. */
  readonly immutable: boolean
}

const named = new Map<string, Asset>()

function add(name: string, content: Buffer, contentType: string): void {
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 10)
  const dot = name.lastIndexOf('.')
  const path = `${PREFIX}/${name.slice(0, dot)}.${hash}${name.slice(dot)}`
  named.set(name, { path, content, contentType, immutable: true })
}

/**
 * The address of an asset, for templates and for `url(…)` in our stylesheets.
 *
 * @throws Error on an unknown name: a template asking for it is a bug.
 */
export function assetUrl(name: string): string {
  const asset = named.get(name)
  if (!asset) throw new Error(`No asset ${name}`)
  return asset.path
}

for (const script of ['latin', 'latin-ext']) {
  const file = join(FONTS, `atkinson-hyperlegible-next-${script}-wght-normal.woff2`)
  add(`atkinson-${script}.woff2`, readFileSync(file), 'font/woff2')
}
for (const site of SITE_KEYS) {
  const file = join(import.meta.dirname, 'favicons', `${site}.svg`)
  add(`favicon-${site}.svg`, readFileSync(file), 'image/svg+xml')
}
// On top of pages that work without them: no build, no library, one file per gesture.
for (const script of ['passkey.js', 'password.js']) {
  const file = join(import.meta.dirname, 'enhance', script)
  add(script, readFileSync(file), 'text/javascript; charset=utf-8')
}
// Last: the stylesheet names the fonts by their hashed addresses.
add('styles.css', Buffer.from(readStyles(assetUrl)), 'text/css; charset=utf-8')

/** Everything to serve, and below which prefix. Public: no session, no cookie is needed. */
export const assets: { readonly prefix: string; readonly files: readonly Asset[] } = {
  prefix: PREFIX,
  files: [...named.values()],
}
