import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type Effort, quick, whole } from './effort.ts'
import type { Other } from './sides/other.ts'
import type { Account } from './sides/side.ts'

export const USAGE = `pnpm bench [--quick] [--json] [--against <discovery address> …]

Measures MyANM against bare oidc-provider and argon2id (yardsticks P1 to P5, P8, P9), or against another
OpenID provider:

  --quick                   a minute instead of ten; a direction, not a verdict
  --json                    the report as JSON on standard output
  --only P2,P3              these figures only; "P6 kills" for MyANM killed while it tells of changes

  --against <address>       the other provider: its issuer or its discovery document
  --client-id <id>          a confidential client there, with the code flow, PKCE and refresh tokens
  --client-secret <secret>
  --client-auth basic|post  how it proves itself; basic if not said
  --redirect-uri <address>  one it has registered; nobody needs to listen there
  --scope <scopes>          openid if not said
  --account <login:password>  somebody who may sign in there; several times for several people
  --accounts <file>         many of them: JSON, [{ "login": …, "password": … }, …]
  --asker-id, --asker-secret  who introspects; the client itself if not said
  --pid <number>            its process, when it runs on this machine: its CPU time is then compared

Its sign-in may be one page or several, and may ask for consent: forms are filled in as a browser without
JavaScript would.
`

export interface Options {
  readonly effort: Effort
  readonly isJson: boolean
  readonly isHelp: boolean
  /** Codes of the figures wanted; null is all. */
  readonly only: ReadonlySet<string> | null
  readonly other: Other | null
}

/** @throws TypeError or Error, whose message says what is wrong with the words given */
export function readOptions(words: string[]): Options {
  const { values } = parseArgs({
    args: words.filter((word) => word !== '--'),
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false, short: 'h' },
      only: { type: 'string' },
      against: { type: 'string' },
      'client-id': { type: 'string' },
      'client-secret': { type: 'string' },
      'client-auth': { type: 'string', default: 'basic' },
      'redirect-uri': { type: 'string' },
      scope: { type: 'string', default: 'openid' },
      account: { type: 'string', multiple: true, default: [] },
      accounts: { type: 'string' },
      'asker-id': { type: 'string' },
      'asker-secret': { type: 'string' },
      pid: { type: 'string' },
    },
  })
  const { against } = values
  return {
    effort: values.quick ? quick : whole,
    isJson: values.json,
    isHelp: values.help,
    only: values.only === undefined ? null : new Set(values.only.toUpperCase().split(',')),
    other: against === undefined ? null : otherOf({ ...values, against }),
  }
}

interface Words {
  readonly against: string
  readonly 'client-id'?: string | undefined
  readonly 'client-secret'?: string | undefined
  readonly 'client-auth': string
  readonly 'redirect-uri'?: string | undefined
  readonly scope: string
  readonly account: readonly string[]
  readonly accounts?: string | undefined
  readonly 'asker-id'?: string | undefined
  readonly 'asker-secret'?: string | undefined
  readonly pid?: string | undefined
}

function otherOf(words: Words): Other {
  const needed = (name: 'client-id' | 'client-secret' | 'redirect-uri'): string => {
    const value = words[name]
    if (value === undefined) throw new Error(`--against needs --${name}`)
    return value
  }
  if (!URL.canParse(words.against)) throw new Error('--against wants an address')
  const authentication = words['client-auth'] === 'post' ? 'post' : 'basic'
  const client = {
    id: needed('client-id'),
    secret: needed('client-secret'),
    authentication,
  } as const
  const accounts = [...words.account.map(accountOf), ...readAccounts(words.accounts)]
  if (accounts.length === 0) throw new Error('--against needs --account or --accounts')
  return {
    address: words.against,
    site: { ...client, redirectUri: needed('redirect-uri'), scope: words.scope },
    asker: {
      ...client,
      id: words['asker-id'] ?? client.id,
      secret: words['asker-secret'] ?? client.secret,
    },
    accounts,
    pid: words.pid === undefined ? null : Number(words.pid),
  }
}

function accountOf(words: string): Account {
  const split = words.indexOf(':')
  if (split < 1) throw new Error('--account wants login:password')
  return { login: words.slice(0, split), password: words.slice(split + 1) }
}

function readAccounts(file: string | undefined): readonly Account[] {
  return file === undefined ? [] : (JSON.parse(readFileSync(file, 'utf8')) as Account[])
}
