/** Who may ask a provider for tokens or about them. */
export interface Client {
  readonly id: string
  readonly secret: string
  readonly authentication: 'basic' | 'post'
}

export interface Site extends Client {
  readonly redirectUri: string
  readonly scope: string
  /** What else its requests say: `&organisation=…`. */
  readonly parameters?: string
}

export interface Account {
  readonly login: string
  readonly password: string
}

export interface Endpoints {
  readonly authorization: URL
  readonly token: URL
  /** Null where a provider offers none. */
  readonly introspection: URL | null
}

/** CPU seconds since their start; null where they cannot be seen. */
export interface CpuSeconds {
  readonly provider: number | null
  readonly database: number | null
}

/** A provider under load: where it is, whom it knows, what it has spent. */
export interface Side {
  readonly name: string
  readonly endpoints: Endpoints
  /** Signs people in. */
  readonly site: Site
  /** Asks about tokens of the site. */
  readonly asker: Client
  readonly accounts: readonly Account[]
  spent(): CpuSeconds
}
