import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'

/** Where and when: figures from elsewhere, or from a busy moment, are other figures. */
export interface Machine {
  readonly at: string
  readonly cores: number
  readonly processor: string
  readonly memory: string
  readonly node: string
  readonly engine: string
  /** How many wanted a core when the bench began: above 0 something else was running. */
  readonly load: number
}

export function describeMachine(): Machine {
  return {
    at: new Date().toISOString().slice(0, 16).replace('T', ' '),
    cores: availableParallelism(),
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    memory: `${Math.round(totalmem() / 1024 ** 3)} GB`,
    node: process.version,
    engine: `oidc-provider ${versionOf('oidc-provider')}`,
    load: loadavg()[0] ?? 0,
  }
}

function versionOf(dependency: string): string {
  const path = new URL(import.meta.resolve(dependency)).pathname
  const folder = path.slice(0, path.lastIndexOf(`${dependency}/`) + dependency.length)
  return (JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as { version: string }).version
}
