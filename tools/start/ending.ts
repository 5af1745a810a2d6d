import { watchAncestors } from './ancestors.ts'

export type Ending = {
  /** Aborted when we are asked to stop. */
  readonly signal: AbortSignal
  /** Resolves when we are asked to stop. */
  readonly asked: Promise<void>
}

/**
 * Listens for what ends a run: Ctrl-C, SIGTERM, the terminal that closes, the death of who started us. Asked a second
 * time by a person, it goes at once; what we started notices and stops by itself.
 */
export async function awaitEnding(): Promise<Ending> {
  const controller = new AbortController()
  const { promise: asked, resolve } = Promise.withResolvers<void>()
  const end = () => {
    if (controller.signal.aborted) return
    controller.abort()
    resolve()
  }
  const leave = await watchAncestors(end)
  void asked.then(leave)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (signal === 'SIGINT' && controller.signal.aborted) process.exit(130)
      end()
    })
  }
  // The reader of our output may be gone (`start | head`): words are lost, the scene goes on.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  return { signal: controller.signal, asked }
}
