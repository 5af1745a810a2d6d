import { dirname } from 'node:path'
import { bench } from './bench/bench.ts'
import { type Options, readOptions, USAGE } from './bench/options.ts'
import { tableOf } from './bench/report/table.ts'

// `pnpm bench`: how fast MyANM is, next to what bounds it, measured in the same run.
const options = optionsOrLeave()
if (options.isHelp) {
  process.stdout.write(USAGE)
  process.exit(0)
}

const scene = new AsyncDisposableStack()
let isAskedToStop = false
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, async () => {
    isAskedToStop = true
    await scene.disposeAsync()
    process.exit(130)
  })
}

try {
  const tell = (what: string) => process.stderr.write(`… ${what}\n`)
  const report = await bench(dirname(import.meta.dirname), options, { scene, tell })
  process.stdout.write(
    options.isJson ? `${JSON.stringify(report, null, 2)}\n` : `\n${tableOf(report)}`,
  )
  process.exitCode = report.faults.length === 0 ? 0 : 1
} catch (error) {
  // What is being stopped fails whatever was using it; the signal’s own exit follows.
  if (!isAskedToStop) {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
    process.exitCode = 1
  }
} finally {
  if (!isAskedToStop) await scene.disposeAsync()
}

function optionsOrLeave(): Options {
  try {
    return readOptions(process.argv.slice(2))
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`)
    process.exit(2)
  }
}
