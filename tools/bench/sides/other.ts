import { discover } from './discovery.ts'
import { cpuSeconds } from './processes.ts'
import type { Account, Client, Side, Site } from './side.ts'

/** Another product, as whoever points the bench at it describes it. */
export interface Other {
  /** Its issuer, or the address of its discovery document. */
  readonly address: string
  readonly site: Site
  readonly asker: Client
  readonly accounts: readonly Account[]
  /** Its process, when it runs on this machine. */
  readonly pid: number | null
}

export async function otherSide({ address, pid, ...rest }: Other): Promise<Side> {
  return {
    ...rest,
    name: new URL(address).host,
    endpoints: await discover(address),
    spent: () => ({ provider: pid === null ? null : cpuSeconds(pid), database: null }),
  }
}
