import type { Folder } from './folder.ts'
import type { Ports } from './ports.ts'
import type { Secrets } from './secrets.ts'
import type { ServiceKey, SiteKey } from './services.ts'

export type Setting = {
  readonly folder: Folder
  readonly ports: Ports
  readonly secrets: Secrets
  /** Address each service reaches its own database with. */
  readonly databases: Readonly<Record<SiteKey | 'idp', URL>>
}

/**
 * Hashing a password takes 19 MB for thirty milliseconds. glibc keeps such memory for each thread that
 * ever needed it; with two arenas, it keeps it for as many as hash at once.
 */
export const FRUGAL = { MALLOC_ARENA_MAX: '2' } as const

export type Environment = Readonly<Record<string, string>>

/** Where people find a service. */
export const addressOf = (ports: Ports, key: ServiceKey): string => `http://localhost:${ports[key]}`

/** What the environment of one process says: only what it needs, none of what we were started with. */
export function environmentOf(key: ServiceKey, setting: Setting): Environment {
  return { ...everybody(key, setting), ...own(key, setting) }
}

function everybody(key: ServiceKey, { folder, ports }: Setting): Environment {
  const inherited = ['PATH', 'HOME', 'LANG', 'TZ', 'LOG_LEVEL']
    .map((name) => [name, process.env[name]] as const)
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
  return {
    ...Object.fromEntries(inherited),
    NODE_COMPILE_CACHE: folder.cache,
    PORT: String(ports[key]),
    PUBLIC_URL: addressOf(ports, key),
    STOP_WITH_PARENT: '1',
    ...FRUGAL,
  }
}

function own(key: ServiceKey, { folder, ports, secrets, databases }: Setting): Environment {
  const issuer = addressOf(ports, 'myanm')
  switch (key) {
    case 'myanm':
      return {
        DATABASE_URL: databases.idp.href,
        COOKIE_KEY: known(secrets.keys, 'cookies'),
        KEY_ENCRYPTION_KEY: known(secrets.keys, 'keyEncryption'),
        PAIRWISE_SALT: known(secrets.keys, 'pairwise'),
        SMTP_URL: `smtp://127.0.0.1:${ports.smtp}`,
        MAIL_FROM: 'MyANM <ne-pas-repondre@myanm.example>',
      }
    case 'mailbox':
      return { SMTP_PORT: String(ports.smtp), MAILBOX_DIRECTORY: folder.mailbox }
    default:
      return {
        DATABASE_URL: databases[key].href,
        ISSUER: issuer,
        CLIENT_ID: key,
        CLIENT_SECRET: known(secrets.clients, key),
        SESSION_SECRET: known(secrets.sessions, key),
        ACCOUNT_URL: `${issuer}/compte`,
      }
  }
}

/** A secret that `openSecrets` made; a missing one is a bug. */
export function known(secrets: Readonly<Record<string, string>>, name: string): string {
  const secret = secrets[name]
  if (secret === undefined) throw new Error(`No secret ${name}`)
  return secret
}
