import { type Installation, startMyanm } from '../sides/myanm.ts'
import { residentBytes } from '../sides/processes.ts'
import { spreadOf } from './alternation.ts'
import { atMost, type Figure } from './figure.ts'

type Myanm = Awaited<ReturnType<typeof startMyanm>>

/** P8, first half: started again and again on data that are there, until it answers that it is ready. */
export async function startUp(
  installation: Installation,
  starts: number,
): Promise<{ readonly myanm: Myanm; readonly figures: Figure[] }> {
  const times: number[] = []
  const memory: (number | null)[] = []
  for (;;) {
    const myanm = await startMyanm(installation)
    times.push(myanm.startedIn)
    memory.push(megabytes(myanm.pid))
    if (times.length < starts) {
      await myanm.stop()
      continue
    }
    const ready = spreadOf(times)
    return {
      myanm,
      figures: [
        {
          code: 'P8',
          what: 'start to ready, on existing data',
          unit: 'ms',
          ours: ready,
          theirs: null,
          ratio: null,
          target: atMost(1000, 'ms', ready),
        },
        memoryLine('memory of the process after its start', memory),
      ],
    }
  }
}

/** P8, second half: what it takes once everything else has been measured. */
export function memoryAfterLoad(myanm: Myanm): Figure {
  return memoryLine('memory of the process after all this load', [megabytes(myanm.pid)])
}

function memoryLine(what: string, values: readonly (number | null)[]): Figure {
  const ours = spreadOf(values)
  return {
    code: 'P8',
    what,
    unit: 'MB',
    ours,
    theirs: null,
    ratio: null,
    target: atMost(150, 'MB', ours),
  }
}

function megabytes(pid: number): number | null {
  const bytes = residentBytes(pid)
  return bytes === null ? null : bytes / 1024 ** 2
}
