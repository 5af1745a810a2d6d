import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { provision } from '@myanm/database'
import { seedScene } from '@myanm/idp/scene'
import { freePort } from '@myanm/testing'
import { FRUGAL } from '../../start/environment.ts'
import { type Child, startChild } from './child.ts'
import type { Database } from './database.ts'

/** MonASBL as `start` runs it, in a process and a schema of its own, with the kit every site has. */
export async function startRealSite(of: {
  readonly root: string
  readonly directory: string
  readonly database: Database
  readonly issuer: string
}): Promise<Child & { readonly home: URL }> {
  const { root, directory, database, issuer } = of
  const id = 'monasbl'
  const databaseUrl = await provision({
    adminUrl: database.adminUrl,
    password: 'only-for-the-length-of-a-bench',
    service: { name: id, migrations: [join(root, 'migrations', 'sites')] },
  })
  const home = new URL(`http://127.0.0.1:${await freePort()}`)
  const secret = randomBytes(32).toString('base64url')
  await seedScene({
    databaseUrl: database.url,
    organisations: [],
    people: [],
    clients: [
      {
        ...{ id, secret, name: 'MonASBL', kind: 'site', home: home.origin, introspects: [] },
        redirectUris: [new URL('/retour', home).href],
      },
    ],
  })
  const child = await startChild({
    program: join(root, 'apps', id, 'src', 'main.ts'),
    environment: {
      NODE_COMPILE_CACHE: join(directory, 'compiled'),
      PORT: home.port,
      PUBLIC_URL: home.origin,
      STOP_WITH_PARENT: '1',
      ...FRUGAL,
      DATABASE_URL: databaseUrl.href,
      ISSUER: issuer,
      CLIENT_ID: id,
      CLIENT_SECRET: secret,
      SESSION_SECRET: randomBytes(32).toString('base64url'),
      ACCOUNT_URL: `${issuer}/compte`,
    },
    output: join(directory, 'site.log'),
    readyAt: new URL('/sante/prete', home).href,
  })
  return { ...child, home }
}
