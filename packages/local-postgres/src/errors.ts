export type LocalPostgresFault =
  | 'platform-unsupported'
  | 'directory-in-use'
  | 'directory-not-ours'
  | 'account-missing'
  | 'cluster-not-made'
  | 'cluster-of-another-version'
  | 'server-not-started'

/** Why no server could be had; `code` is for programs, `message` for whoever reads a log. */
export class LocalPostgresError extends Error {
  readonly code: LocalPostgresFault

  constructor(code: LocalPostgresFault, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'LocalPostgresError'
    this.code = code
  }
}
