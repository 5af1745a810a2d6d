import { say, type Values } from './words.ts'

export type Progress = {
  readonly sentence: (key: string, values?: Values) => void
  /** Shows what is being done, does it, and shows how long it took. */
  readonly step: <Result>(key: string, work: () => Promise<Result>) => Promise<Result>
}

/** Tells how the start goes on, one line a step, each begun before its work and ended after. */
export function createProgress(out: NodeJS.WritableStream, ending: AbortSignal): Progress {
  return {
    sentence: (key, values) => void out.write(`${say(key, values)}\n`),
    async step(key, work) {
      out.write(`  ${say(key)} `)
      const began = performance.now()
      try {
        const result = await work()
        ending.throwIfAborted()
        out.write(`${say(`${key.replace('-first', '')}-done`, { time: secondsSince(began) })}\n`)
        return result
      } catch (error) {
        out.write(`${say(ending.aborted ? 'step.interrupted' : 'step.failed')}\n`)
        throw error
      }
    },
  }
}

export const secondsSince = (began: number): string =>
  say('step.seconds', { seconds: (performance.now() - began) / 1000 })
