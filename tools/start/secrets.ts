import { randomBytes } from 'node:crypto'
import { type Folder, readJson, writeJson } from './folder.ts'
import { newPassphrase } from './passphrase.ts'
import { hasPassword, people } from './scene.ts'
import { siteKeys } from './services.ts'

/** Everything secret of the scene, by what it protects; made at the first start and kept. */
export type Secrets = {
  readonly keys: Readonly<Record<string, string>>
  /** Of PostgreSQL roles, by service. */
  readonly databases: Readonly<Record<string, string>>
  /** Of sites and other clients of MyANM, by client. */
  readonly clients: Readonly<Record<string, string>>
  /** That seal the sessions of a site, by site. */
  readonly sessions: Readonly<Record<string, string>>
  /** Passwords, by key of the person. */
  readonly people: Readonly<Record<string, string>>
  /** What the applications of some make their codes from, by key of the person; in base 32. */
  readonly oneTime: Readonly<Record<string, string>>
}

const wanted = {
  keys: ['cookies', 'keyEncryption', 'pairwise'],
  databases: ['idp', ...siteKeys],
  clients: [...siteKeys, 'resource-server', 'partner'],
  sessions: siteKeys,
  people: people.filter(hasPassword).map(({ key }) => key),
  oneTime: people.filter(({ isStaff }) => isStaff).map(({ key }) => key),
} as const

const random = () => randomBytes(32).toString('base64url')

/** 160 bits, in letters an application takes (RFC 4226 §4, RFC 4648 §6). */
const newOneTimeSecret = () =>
  Array.from(randomBytes(32), (byte) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[byte % 32]).join('')

/** Reads the secrets and makes those still missing. */
export async function openSecrets(folder: Folder): Promise<Secrets> {
  const kept = ((await readJson(folder.secrets)) ?? {}) as Partial<Secrets>
  const complete = (group: keyof Secrets, make: () => string) =>
    Object.fromEntries(wanted[group].map((name) => [name, kept[group]?.[name] ?? make()]))
  const secrets: Secrets = {
    keys: complete('keys', random),
    databases: complete('databases', random),
    clients: complete('clients', random),
    sessions: complete('sessions', random),
    people: complete('people', newPassphrase),
    oneTime: complete('oneTime', newOneTimeSecret),
  }
  if (JSON.stringify(secrets) !== JSON.stringify(kept)) await writeJson(folder.secrets, secrets)
  return secrets
}
