import { dirname } from 'node:path'
import { flyOverScene } from './canary/canary.ts'
import { complaintsOf, tableOf } from './canary/report.ts'
import { say } from './start/words.ts'

// `pnpm canary [times]`: how long a change of rights takes to hold at each site of the running scene.
const asked = Number(process.argv.slice(2).find((word) => word !== '--') ?? 20)
const times = Number.isInteger(asked) && asked > 0 ? asked : 20
const latencies = await flyOverScene(dirname(import.meta.dirname), {
  times,
  tell: (what) => void process.stderr.write(`… ${what}\n`),
})
if (latencies) {
  process.stdout.write(`\n${tableOf(latencies)}`)
  const complaints = complaintsOf(latencies)
  for (const complaint of complaints) process.stderr.write(`${complaint}\n`)
  process.exitCode = complaints.length > 0 ? 1 : 0
} else {
  process.stderr.write(`${say('scene.never-started')}\n`)
  process.exitCode = 1
}
