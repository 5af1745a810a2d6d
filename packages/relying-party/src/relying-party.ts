import type { RelyingParty, RelyingPartyOptions } from './api.ts'

/** Everything a Koa site needs to trust MyANM. */
export function relyingParty(_options: RelyingPartyOptions): RelyingParty {
  throw new Error('Not written yet')
}
