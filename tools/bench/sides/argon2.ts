import { join } from 'node:path'
import { freePort } from '@myanm/testing'
import { type Child, startChild } from './child.ts'
import type { Database } from './database.ts'
import { cpuSeconds } from './processes.ts'
import type { CpuSeconds } from './side.ts'

export interface Verifier extends Child {
  /** Verifies the same password so many times, on all cores. */
  verify(times: number): Promise<void>
  spent(): CpuSeconds
}

/** A process that verifies passwords kept by MyANM and does nothing else. */
export async function startVerifier(of: {
  readonly directory: string
  readonly kept: Database['kept']
}): Promise<Verifier> {
  const port = await freePort()
  const address = `http://127.0.0.1:${port}/`
  const child = await startChild({
    program: join(import.meta.dirname, 'argon2-verifier.ts'),
    environment: { PORT: String(port), HASH: of.kept.hash, PASSWORD: of.kept.password },
    output: join(of.directory, 'argon2.log'),
    readyAt: address,
  })
  return {
    ...child,
    verify: async (times) => {
      const { ok } = await fetch(`${address}?times=${times}`, { method: 'POST' })
      if (!ok) throw new Error('The passwords could not be verified')
    },
    spent: () => ({ provider: cpuSeconds(child.pid), database: null }),
  }
}
