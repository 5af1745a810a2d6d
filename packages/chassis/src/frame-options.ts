import type Koa from 'koa'
import type { Secret } from './config.ts'
import type { Log } from './log.ts'

export interface Site {
  /** Sets the accent, the mark and the name of the page: one of the keys `@myanm/ui` knows. */
  readonly key: 'myanm' | 'guide-social' | 'monasbl' | 'sweeli' | 'bilan' | 'mailbox'
  readonly name: string
  readonly url: URL
}

export interface FrameOptions {
  readonly site: Site
  readonly log: Log
  /** Source directories holding `messages.<language>.json` and `pages/*.njk`. */
  readonly sources: readonly URL[]
  /** Signs the visitor cookie and its CSRF token. */
  readonly formKey: Secret
  readonly trustedProxies: number
  /** Resolves when the process can serve; rejects with the reason when it cannot. */
  readonly ready: () => Promise<unknown>
  /** Origins a form of ours may end at, after redirects (CSP form-action covers redirects). */
  readonly formActions?: readonly string[]
  /** Requests that bring their own proof instead of a form token: protocol and service endpoints. */
  readonly carriesOwnProof?: (path: string) => boolean
  /** What every page shows around its content: banner, navigation, footer. */
  readonly surroundings?: (ctx: Koa.Context) => object
}
