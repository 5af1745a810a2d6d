import { type Catalogue, createLog, type Log } from '@myanm/chassis'
import { type Connection, connect } from '@myanm/database'
import { ensureOwnClient } from '#clients'
import { type Attempts, createAttempts, createPasswords, type Passwords } from '#credentials'
import { noteSignIn } from '#devices'
import {
  createMailer,
  type Mailer,
  type ReturnPaths,
  returnPaths,
  type StopLinks,
  stopLinks,
} from '#mail'
import { type Engine, type SubjectOf, startEngine, subjects } from '#oidc'
import { type ProofSecrets, proofSecrets } from '#proofs'
import type { Config } from './config.ts'
import type { Tables } from './tables.ts'

/** Everything a room may ask for; each says which of it, with `Needs`. */
export interface Services {
  readonly config: Config
  readonly log: Log
  readonly db: Connection<Tables>['db']
  readonly pool: Connection<Tables>['pool']
  readonly statements: Connection<Tables>['statements']
  readonly passwords: Passwords
  readonly attempts: Attempts
  readonly mailer: Mailer
  readonly returnPaths: ReturnPaths
  readonly stopLinks: StopLinks
  readonly secrets: ProofSecrets
  readonly subjectOf: SubjectOf
  readonly engine: Engine
  /** Resolves when the database answers. */
  readonly ready: () => Promise<unknown>
  close(): Promise<void>
}

export type Needs<Name extends keyof Services> = Pick<Services, Name>

/** What tests may put in the place of the outside world. */
export interface Substitutes {
  readonly log?: Log
  readonly mailer?: Mailer
  readonly catalogue?: Catalogue
}

/** Opens everything once, in the order it depends on each other; `close` goes the other way. */
export async function startServices(
  config: Config,
  substitutes: Substitutes = {},
): Promise<Services> {
  const log = substitutes.log ?? createLog('idp', config.LOG_LEVEL)
  const database = connect<Tables>({
    url: config.DATABASE_URL,
    name: 'idp',
    max: 16,
    onLost: (error) => log.warn({ err: error }, 'database connection lost'),
  })
  const { db, pool, statements } = database
  const subjectOf = subjects(config.PAIRWISE_SALT)
  const returns = returnPaths(config.COOKIE_KEY, config.BOUNCE_DOMAIN ?? config.PUBLIC_URL.hostname)
  const mailer =
    substitutes.mailer ??
    createMailer({
      relays: [config.SMTP_URL, config.SMTP_SECOND_URL].filter((relay) => relay !== undefined),
      from: config.MAIL_FROM,
      host: config.PUBLIC_URL.hostname,
      // Without a door for reports, nobody would read what comes to these addresses.
      returnPath: config.BOUNCE_SMTP_PORT === undefined ? undefined : returns.addressOf,
    })
  await ensureOwnClient(db, config.PUBLIC_URL)
  const [passwords, engine] = await Promise.all([
    createPasswords(),
    startEngine({
      db,
      statements,
      databaseUrl: config.DATABASE_URL,
      log,
      issuer: config.PUBLIC_URL,
      keyEncryptionKey: config.KEY_ENCRYPTION_KEY,
      subjectOf,
      onSignIn: noteSignIn,
    }),
  ])
  return {
    config,
    log,
    db,
    pool,
    statements,
    passwords,
    attempts: createAttempts({ pool, key: config.COOKIE_KEY }),
    mailer,
    returnPaths: returns,
    stopLinks: stopLinks(config.COOKIE_KEY),
    secrets: proofSecrets(config.COOKIE_KEY),
    subjectOf,
    engine,
    ready: database.ready,
    close: async () => {
      await engine.stop()
      mailer.close()
      await database.close()
    },
  }
}
