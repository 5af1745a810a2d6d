import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { access, mkdir, mkdtemp, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** What `chromium.launch` of playwright-core needs to start a browser on this machine. */
export type ChromiumExecutable = {
  readonly executablePath: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']
const MACOS = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'

/**
 * A Chromium to test with: the one `CHROMIUM_PATH` names; else the one npm ships, unpacked once with the
 * libraries a bare machine lacks; else the system’s. The shipped one draws no window and costs half the time,
 * but exists for one kind of machine.
 *
 * @throws Error when there is none
 */
export async function chromiumExecutable(): Promise<ChromiumExecutable> {
  const env = inherited()
  const named = env['CHROMIUM_PATH']
  if (named) return { executablePath: named, args: arguments_, env }
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    const executablePath = await findInstalled(env)
    if (executablePath) return { executablePath, args: arguments_, env }
    throw new Error('No Chromium found: install one, or name it in CHROMIUM_PATH')
  }
  const place = await unpackShipped()
  return {
    executablePath: join(place, 'chromium'),
    args: arguments_,
    env: {
      ...env,
      LD_LIBRARY_PATH: [join(place, 'al2023', 'lib'), place].join(delimiter),
      FONTCONFIG_FILE: join(place, 'fonts.conf'),
    },
  }
}

// Root and containers have no sandbox to give; the pages visited are our own. Shared memory is small in containers.
const arguments_ = ['--no-sandbox', '--disable-dev-shm-usage'] as const

const inherited = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  )

async function findInstalled(env: Readonly<Record<string, string>>): Promise<string | undefined> {
  const folders = (env['PATH'] ?? '').split(delimiter)
  const candidates = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)))
  for (const candidate of [...candidates, MACOS]) {
    if (await isThere(candidate)) return candidate
  }
  return undefined
}

/**
 * The package unpacks into the temporary directory, under names anybody can take, and adds its libraries only where
 * it believes to run at Amazon. So it works in a process of its own, told both, into a directory that gets its name
 * once complete: tests that start together never see half a browser.
 */
async function unpackShipped(): Promise<string> {
  const shipped = createRequire(import.meta.url).resolve('@sparticuz/chromium')
  const edition = createHash('sha256')
    .update(await realpath(shipped))
    .digest('hex')
    .slice(0, 12)
  const cache = join(import.meta.dirname, '..', 'node_modules', '.cache')
  const place = join(cache, `chromium-${edition}`)
  if (await isThere(join(place, 'chromium'))) return place

  await mkdir(cache, { recursive: true })
  const draft = await mkdtemp(join(cache, 'chromium-'))
  const script = `const { default: chromium } = await import(${JSON.stringify(pathToFileURL(shipped).href)})
    await chromium.executablePath()`
  await run(process.execPath, ['--input-type=module', '--eval', script], {
    env: { TMPDIR: draft, AWS_LAMBDA_JS_RUNTIME: '22.x' },
  })
  await writeFile(join(draft, 'fonts.conf'), fontsIn(place))
  await rename(draft, place).catch(async (error: unknown) => {
    // Another was faster.
    await rm(draft, { recursive: true, force: true })
    if (!(await isThere(join(place, 'chromium')))) throw error
  })
  return place
}

// Without a single font Chromium does not show a page badly, it dies.
const fontsIn = (place: string): string => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${asXml(place)}/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${asXml(place)}/fonts-cache</cachedir>
</fontconfig>
`

const asXml = (path: string) => path.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

const isThere = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
