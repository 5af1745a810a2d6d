import { join } from 'node:path'
import { freePort } from '@myanm/testing'
import { type Child, startChild } from './child.ts'
import { discover } from './discovery.ts'
import { cpuSeconds } from './processes.ts'
import { accounts, asker, site } from './scene.ts'
import type { Side } from './side.ts'

/** A process of `oidc-provider` with nothing of ours around it; see `bare-provider.ts`. */
export async function startBare(of: {
  readonly directory: string
  readonly nodeOptions?: readonly string[]
}): Promise<Child & { readonly side: Side }> {
  const port = await freePort()
  const issuer = `http://127.0.0.1:${port}`
  const child = await startChild({
    program: join(import.meta.dirname, 'bare-provider.ts'),
    nodeOptions: of.nodeOptions ?? [],
    environment: {
      NODE_COMPILE_CACHE: join(of.directory, 'compiled'),
      ISSUER: issuer,
      SITE: JSON.stringify(site),
      ASKER: JSON.stringify(asker),
    },
    output: join(of.directory, 'bare.log'),
    readyAt: `${issuer}/.well-known/openid-configuration`,
  })
  const { pid } = child
  const side: Side = {
    name: 'bare oidc-provider',
    endpoints: await discover(issuer),
    site,
    asker,
    accounts,
    spent: () => ({ provider: cpuSeconds(pid), database: null }),
  }
  return { ...child, side }
}
