import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { startTestIdp, withDatabase } from '@myanm/testing'
import { launchBrowser } from '@myanm/testing/browser'
import startPostgres from '@myanm/testing/global-setup'
import stopPostgres from '@myanm/testing/global-teardown'
import { takePictures } from './help-pictures/take.ts'

// `pnpm help:pictures`: takes the pictures of the help pages anew, from the pages as they are now.
const directory = join(dirname(import.meta.dirname), 'idp', 'src', 'help', 'pictures')
await mkdir(directory, { recursive: true })
await startPostgres()
try {
  await using database = await withDatabase()
  await using myanm = await startTestIdp({ database })
  const browser = await launchBrowser()
  const sizes: Record<string, { width: number; height: number }> = {}
  await takePictures({ myanm, browser }, async ({ name, picture, width, height }) => {
    await writeFile(join(directory, `${name}.webp`), picture)
    sizes[name] = { width, height }
    console.log(`${name}.webp ${Math.round(picture.length / 1024)} kB`)
  })
  await writeFile(join(directory, 'sizes.json'), `${JSON.stringify(sizes, null, 2)}\n`)
  await browser.close()
} finally {
  await stopPostgres()
}
process.exit(0)
