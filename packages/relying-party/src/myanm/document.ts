import { isLoopback, type Secret } from '@myanm/chassis'
import { createRemoteJWKSet, type JWTVerifyGetKey } from 'jose'
import * as client from 'openid-client'
import { CLOCK_TOLERANCE } from './api.ts'
import type { Availability } from './availability.ts'

/** Longest MyANM is waited for, in seconds: a page must not hang because another process does. */
const PATIENCE = 2
/** The document is read again after this long, in milliseconds. */
const LIFE = 3_600_000

/** What MyANM says of itself, ready for use. */
export interface Document {
  readonly configuration: client.Configuration
  readonly keys: JWTVerifyGetKey
  /** When it was read, in milliseconds of a clock that never jumps. */
  readonly at: number
}

export interface DocumentReader {
  /** Known, or read now. */
  read(): Promise<Document>
  /**
   * The same, once MyANM has answered a moment ago: to be asked before somebody is sent there. A known
   * address is not an address that answers, and the browser’s own error page leads nowhere.
   */
  reach(): Promise<Document>
}

/**
 * Reads MyANM's discovery document when it is first needed, not at the start: the site stands up without
 * MyANM, and finds it as soon as it is there.
 */
export function documentReader(options: {
  readonly issuer: URL
  readonly client: { readonly id: string; readonly secret: Secret }
  readonly availability: Availability
}): DocumentReader {
  const { issuer } = options
  const fetchWatched = watched(options.availability)
  let known: Document | undefined
  let asking: Promise<Document> | undefined

  const discover = async (): Promise<Document> => {
    const configuration = await client.discovery(
      issuer,
      options.client.id,
      { [client.clockTolerance]: CLOCK_TOLERANCE },
      client.ClientSecretBasic(options.client.secret.reveal()),
      {
        timeout: PATIENCE,
        [client.customFetch]: fetchWatched,
        execute: isLoopback(issuer) ? [client.allowInsecureRequests] : [],
      },
    )
    const keys = createRemoteJWKSet(new URL(String(configuration.serverMetadata().jwks_uri)), {
      timeoutDuration: PATIENCE * 1000,
      cooldownDuration: 5_000,
      cacheMaxAge: 600_000,
    })
    known = { configuration, keys, at: performance.now() }
    return known
  }

  const read = async (): Promise<Document> => {
    const old = known
    if (old && performance.now() - old.at < LIFE) return old
    asking ??= discover().finally(() => {
      asking = undefined
    })
    // An old document serves until a new one can be had.
    return old ? asking.catch(() => old) : asking
  }

  const knock = async (): Promise<void> => {
    const address = `${issuer.href.replace(/\/$/, '')}/.well-known/openid-configuration`
    const response = await fetchWatched(address, {
      method: 'GET',
      headers: {},
      body: null,
      redirect: 'manual',
      signal: AbortSignal.timeout(PATIENCE * 1000),
    })
    await response.body?.cancel()
    if (response.status >= 500) throw new Error('MyANM is there and cannot answer')
  }

  const reach = async (): Promise<Document> => {
    const [document] = await Promise.all([read(), knock()])
    return document
  }

  return { read, reach }
}

/** Tells from every exchange whether MyANM is there. */
function watched(availability: Availability): client.CustomFetch {
  return async (address, options) => {
    try {
      const response = await fetch(address, options as RequestInit)
      if (response.status >= 500) availability.failed()
      else availability.succeeded()
      return response
    } catch (error) {
      availability.failed()
      throw error
    }
  }
}
