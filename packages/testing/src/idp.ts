import { randomBytes, randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import { createLog, type Log, Secret } from '@myanm/chassis'
import {
  type Config,
  type RunningIdp,
  type SceneClient,
  seedRegister,
  seedScene,
  startIdp,
} from '@myanm/idp'
import type { TestDatabase } from './database.ts'
import { client, organisations, people } from './scene.ts'

export interface TestIdp extends AsyncDisposable {
  readonly issuer: URL
  readonly idp: RunningIdp
  /** Keys of the scene → identifiers. */
  readonly accounts: ReadonlyMap<string, string>
  readonly organisations: ReadonlyMap<string, string>
  readonly letters: { to: string; subject: string; text: string; html: string }[]
  stop(): Promise<void>
}

const key = () => new Secret(randomBytes(32).toString('base64url'))

/** The secrets of one installation: several processes of one test share them. */
export const newKeys = () => ({ cookie: key(), encryption: key(), salt: key() })

/**
 * MyANM, whole, on real PostgreSQL and HTTP, with the people of the scene. Only the post is ours:
 * letters are kept here instead of sent.
 */
export async function startTestIdp(options: {
  readonly database: TestDatabase
  readonly clients?: readonly SceneClient[]
  readonly keys?: ReturnType<typeof newKeys>
  readonly port?: number
  readonly logLevel?: string
  /** Where its log goes; nowhere unless a test reads it. */
  readonly log?: Log
  /** What this installation is told otherwise: another way to the database, a real post office. */
  readonly settings?: Partial<Config>
  /** `smtp`: letters leave over SMTP, as in real life; they are kept here otherwise. */
  readonly post?: 'kept' | 'smtp'
}): Promise<TestIdp> {
  const { database } = options
  const port = options.port ?? (await freePort())
  const issuer = new URL(`http://localhost:${port}`)
  const keys = options.keys ?? newKeys()
  const letters: TestIdp['letters'] = []
  const seeded = await seedScene({
    databaseUrl: database.urlFor('idp'),
    organisations,
    people,
    clients: options.clients ?? DEFAULT_CLIENTS,
    keyEncryptionKey: keys.encryption,
  })
  await seedRegister({ databaseUrl: database.urlFor('idp') })
  const idp = await startIdp(
    {
      PORT: port,
      HOST: 'localhost',
      PUBLIC_URL: issuer,
      LOG_LEVEL: 'silent',
      TRUSTED_PROXIES: 0,
      STOP_WITH_PARENT: '0',
      DATABASE_URL: database.urlFor('idp'),
      COOKIE_KEY: keys.cookie,
      KEY_ENCRYPTION_KEY: keys.encryption,
      PAIRWISE_SALT: keys.salt,
      SMTP_URL: new URL('smtp://127.0.0.1:1'),
      MAIL_FROM: 'MyANM <ne-pas-repondre@exemple.be>',
      ...options.settings,
    },
    {
      log:
        options.log ??
        createLog('idp', options.logLevel ?? process.env['TEST_LOG_LEVEL'] ?? 'silent'),
      ...(options.post !== 'smtp' && {
        mailer: {
          send: async (letter: TestIdp['letters'][number]) => void letters.push(letter),
          close: () => {},
        },
      }),
    },
  )
  const stop = () => idp.stop()
  return { issuer, idp, ...seeded, letters, stop, [Symbol.asyncDispose]: stop }
}

const DEFAULT_CLIENTS: readonly SceneClient[] = [
  client({ id: 'guide-social', name: 'Guide Social', kind: 'site', home: 'http://localhost:9999' }),
  client({ id: 'monasbl', name: 'MonASBL', kind: 'site', home: 'http://localhost:9998' }),
  client({ id: 'bilan', name: 'Mon bilan en ligne', kind: 'site', home: 'http://localhost:9997' }),
  client({ id: 'partner', name: 'Site partenaire' }),
  client({
    id: 'resource-server',
    kind: 'resource-server',
    redirectUris: [],
    introspects: ['guide-social'],
  }),
]

/**
 * A port that was free a moment ago: issuer and redirect addresses must be known before listening. Below
 * the range systems take outgoing connections from (Linux begins at 32768), or one of the many of a test
 * run takes it before we do.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(12_000, 32_000)
    if (await isFree(port)) return port
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, () => server.close(() => resolve(true)))
  })
}
