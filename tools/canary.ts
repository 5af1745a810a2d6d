import { dirname } from 'node:path'
import { flyCanary, tableOf } from './canary/canary.ts'
import { say } from './start/words.ts'

// `pnpm canary [times]`: how long a change of rights takes to hold at each site of the running scene.
const asked = Number(process.argv.slice(2).find((word) => word !== '--') ?? 20)
const times = Number.isInteger(asked) && asked > 0 ? asked : 20
const latencies = await flyCanary(dirname(import.meta.dirname), {
  times,
  tell: (what) => process.stderr.write(`… ${what}\n`),
})
if (latencies) {
  process.stdout.write(`\n${tableOf(latencies)}`)
  const isLate = latencies.some(({ acknowledged }) => acknowledged.some((time) => time > 1000))
  process.exitCode = isLate ? 1 : 0
} else {
  process.stderr.write(`${say('scene.never-started')}\n`)
  process.exitCode = 1
}
