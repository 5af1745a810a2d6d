import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { freePort } from '@myanm/testing'
import { FRUGAL } from '../../start/environment.ts'
import { type Child, startChild } from './child.ts'
import type { Database } from './database.ts'
import { discover } from './discovery.ts'
import { cpuSeconds } from './processes.ts'
import { accounts, asker, site } from './scene.ts'
import type { Side } from './side.ts'

export interface Installation {
  readonly root: string
  /** For logs and compiled code. */
  readonly directory: string
  readonly database: Database
  readonly nodeOptions?: readonly string[]
}

const secrets = {
  COOKIE_KEY: randomBytes(32).toString('base64url'),
  KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64url'),
  PAIRWISE_SALT: randomBytes(32).toString('base64url'),
}

/** The process of `idp/src/main.ts`, as `start` runs it: it logs every request, to a file. */
export async function startMyanm(
  { root, directory, database, nodeOptions = [] }: Installation,
  databaseUrl: URL = database.url,
): Promise<Child & { readonly issuer: string }> {
  const port = await freePort()
  const issuer = `http://127.0.0.1:${port}`
  const child = await startChild({
    program: join(root, 'idp', 'src', 'main.ts'),
    nodeOptions,
    environment: {
      ...secrets,
      NODE_COMPILE_CACHE: join(directory, 'compiled'),
      PORT: String(port),
      PUBLIC_URL: issuer,
      STOP_WITH_PARENT: '1',
      ...FRUGAL,
      DATABASE_URL: databaseUrl.href,
      SMTP_URL: 'smtp://127.0.0.1:9',
      MAIL_FROM: 'MyANM <ne-pas-repondre@exemple.be>',
    },
    output: join(directory, 'myanm.log'),
    readyAt: `${issuer}/sante/prete`,
  })
  return { ...child, issuer }
}

export async function myanmSide(
  { pid, issuer }: { readonly pid: number; readonly issuer: string },
  database: Database,
): Promise<Side> {
  return {
    name: 'MyANM',
    endpoints: await discover(issuer),
    site,
    asker,
    accounts,
    spent: () => ({ provider: cpuSeconds(pid), database: database.cpu() }),
  }
}
